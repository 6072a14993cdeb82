import { OpenAPIHono, type z } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import { matchedRoutes } from 'hono/route'
import { asGatewayError, GatewayError, invalid } from '../../core/errors.ts'
import { refusalHeaders } from '../../error-headers.ts'
import { addAllowanceRoutes } from './allowance-routes.ts'
import { addAuditRoutes } from './audit-routes.ts'
import { addCacheRoutes } from './cache-routes.ts'
import { addCallsRoutes } from './calls-routes.ts'
import { addConfigRoutes } from './config-routes.ts'
import { addDocumentRoutes } from './document-routes.ts'
import { addExplainRoutes } from './explain-routes.ts'
import { addJobRoutes } from './job-routes.ts'
import { addKeyRoutes } from './key-routes.ts'
import { addLineRoutes } from './line-routes.ts'
import { addLiveRoutes } from './live-routes.ts'
import { addOverviewRoutes } from './overview-routes.ts'
import type { Principal } from './permission.ts'
import { policy } from './policy.ts'
import { addProviderRoutes } from './provider-routes.ts'
import { addQualityRoutes } from './quality-routes.ts'
import { addQueueRoutes } from './queue-routes.ts'
import { addScopeRoutes } from './scope-routes.ts'
import { addSessionRoutes } from './session-routes.ts'
import type { AdminApp, AdminEnvironment, AdminTools } from './tools.ts'
import { addUsageRoutes } from './usage-routes.ts'
import { addWebhookRoutes } from './webhook-routes.ts'
import { adminWords } from './words.ts'

const headers: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** All routes under `/admin/`, each behind its row of the policy. */
export const createAdminApp = (tools: AdminTools): AdminApp => {
  const app: AdminApp = new OpenAPIHono<AdminEnvironment>({
    defaultHook: (result) => {
      if (!result.success) throw complaint(result.error, result.target)
    },
  })
  app.use('*', async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value)
  })
  app.use('*', async (context, next) => {
    checkPolicy(matchedRoutes(context), context.env.principal)
    await next()
  })
  app.notFound((context) => answer(notThere(context.req.method, context.req.path)))
  app.onError((thrown) => {
    const error = understood(thrown)
    tools.refused(error)
    return answer(error)
  })
  addKeyRoutes(app, tools)
  addScopeRoutes(app, tools)
  addAllowanceRoutes(app, tools)
  addQueueRoutes(app, tools)
  addCacheRoutes(app, tools)
  addUsageRoutes(app, tools)
  addLineRoutes(app, tools)
  addOverviewRoutes(app, tools)
  addCallsRoutes(app, tools)
  addLiveRoutes(app, tools)
  addProviderRoutes(app, tools)
  addAuditRoutes(app, tools)
  addQualityRoutes(app, tools)
  addConfigRoutes(app, tools)
  addExplainRoutes(app, tools)
  addSessionRoutes(app)
  addWebhookRoutes(app, tools)
  addJobRoutes(app, tools)
  addDocumentRoutes(app, tools)
  return app
}

interface Matched {
  readonly method: string
  readonly path: string
}

/** Every route that would answer must be allowed by its row; a route without a row is allowed to nobody. */
const checkPolicy = (routes: readonly Matched[], principal: Principal | undefined): void => {
  for (const { method, path } of routes) {
    if (method === 'ALL') continue
    const needed = policy[`${method} ${path}`]
    if (needed !== undefined && principal?.permissions.includes(needed)) continue
    throw new GatewayError('forbidden', 'This token does not allow that.')
  }
}

const notThere = (method: string, path: string): GatewayError =>
  new GatewayError(
    'not_found',
    `There is no ${method.slice(0, 20)} ${path.slice(0, 200)}. GET /admin/api/openapi.json tells what there is.`,
  )

const answer = (error: GatewayError): Response =>
  new Response(adminWords.writeError(error, 'whole'), {
    status: error.status,
    headers: refusalHeaders(error, adminWords),
  })

const understood = (thrown: unknown): GatewayError => {
  if (!(thrown instanceof HTTPException)) return asGatewayError(thrown)
  if (thrown.status === 415) return new GatewayError('unsupported_media_type', 'The body must be application/json.')
  return thrown.status < 500 ? invalid('', 'The request cannot be read.') : asGatewayError(thrown)
}

/** The first thing that is wrong with a request, by the path of its field. */
const complaint = (error: Pick<z.ZodError, 'issues'>, target: string): GatewayError => {
  const [issue] = error.issues
  const path = issue?.path.map(String).join('.') ?? ''
  return invalid(path === '' ? target : path, issue?.message ?? 'is not valid')
}
