/** Builds the dashboard into `dist/dashboard`; with `--when-stale` only when its sources are not those it was built from. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const sources = new URL('dashboard/', root)
const stamp = new URL('node_modules/.cache/dashboard.sha256', root)
const built = new URL('dist/dashboard/index.html', root)

/** Names everything that the build is made of. */
const digestOfSources = (): string => {
  const hash = createHash('sha256')
  const files = readdirSync(sources, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map(({ parentPath, name }) => `${parentPath}/${name}`)
    .sort()
  for (const file of [...files, fileURLToPath(new URL('package-lock.json', root))]) {
    hash
      .update(file.slice(fileURLToPath(root).length))
      .update('\0')
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

/** Is what was built made of the sources as they are now? */
const isFresh = (digest: string): boolean =>
  existsSync(built) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest

/** Builds the dashboard where it has to be. Rejects when the tools for it are not installed. */
export const buildDashboard = async ({ onlyWhenStale = false } = {}): Promise<void> => {
  const digest = digestOfSources()
  if (onlyWhenStale && isFresh(digest)) return
  const { build } = await import('vite')
  // Beside its place first, so that whoever reads or builds at the same time never meets a half.
  const made = new URL(`dist/dashboard-${process.pid}/`, root)
  await build({
    configFile: fileURLToPath(new URL('vite.config.ts', sources)),
    build: { outDir: fileURLToPath(made), emptyOutDir: true },
  })
  const place = new URL('./', built)
  try {
    rmSync(place, { recursive: true, force: true })
    renameSync(made, place)
  } catch {
    // Somebody else was quicker, with the same.
    rmSync(made, { recursive: true, force: true })
  }
  mkdirSync(new URL('./', stamp), { recursive: true })
  writeFileSync(stamp, digest)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const onlyWhenStale = process.argv.includes('--when-stale')
  try {
    await buildDashboard({ onlyWhenStale })
  } catch (thrown) {
    // A server is worth starting without its dashboard; the page then says what is missing.
    console.error(`The dashboard was not built: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    if (!onlyWhenStale) process.exit(1)
  }
}
