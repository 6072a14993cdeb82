import { createRoute, z } from '@hono/zod-openapi'
import { failures, gives } from './fields.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const tags = ['Documents']
const anything = z.looseObject({}).openapi({ type: 'object' })

const openApi = createRoute({
  method: 'get',
  path: '/admin/api/openapi.json',
  summary: 'This document',
  tags,
  responses: { ...gives('OpenAPI 3.1.', anything), ...failures },
})

const configSchema = createRoute({
  method: 'get',
  path: '/admin/config.schema.json',
  summary: 'The JSON Schema of the configuration',
  tags,
  responses: { ...gives('JSON Schema, draft 2020-12.', anything), ...failures },
})

const scheme = 'adminToken'

/** The description of everything under `/admin/api`. */
export const openApiOf = (app: AdminApp) => {
  if (!app.openAPIRegistry.definitions.some(({ type }) => type === 'component')) {
    app.openAPIRegistry.registerComponent('securitySchemes', scheme, { type: 'http', scheme: 'bearer' })
  }
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Tollgate administration',
      version: '1',
      description: 'Keys, budgets, limits and usage. Every write is checked and written down in the audit log.',
    },
    security: [{ [scheme]: [] }],
  })
}

/** What tells programs how to talk to the gateway. */
export const addDocumentRoutes = (app: AdminApp, tools: AdminTools): void => {
  let document: object | undefined
  app.openapi(openApi, (context) => {
    document ??= openApiOf(app)
    return context.json({ ...document }, 200)
  })
  app.openapi(configSchema, (context) => context.json({ ...tools.configSchema() }, 200))
}
