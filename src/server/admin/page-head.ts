/**
 * What a browser is told of the dashboard: nothing runs, is shown or is asked but what comes from here, nobody frames it,
 * and no text becomes a program.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** Stands in for the dashboard where it was not built. */
export const missingPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Tollgate</title>
<h1>The dashboard is not built</h1>
<p>Run <code>npm run build:dashboard</code> where Tollgate was started, then load this page again.
<code>npm start</code> does it by itself.</p>
<p>Everything it shows is also told by <code>/admin/api</code>; <code>GET /admin/api/openapi.json</code> says how.</p>
</html>
`
