import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFakeUpstream } from '../../testing/index.ts'
import { startGateway } from '../faults/harness.ts'
import { asJson, lastOf } from './rig.ts'

test('a picture of Azure is asked for by the name of its deployment, and so are vectors', async () => {
  await using upstream = await startFakeUpstream()
  upstream.always({ body: '{"data":[{"index":0,"embedding":[1]}]}' })
  const azure = { kind: 'azure-openai', baseUrl: upstream.url, apiKey: 'azure-secret' } as const
  await using gateway = await startGateway({
    providers: {
      azure: { ...azure, deployments: { painter: 'my-painter', vectors: 'my-vectors' } },
      dated: { ...azure, apiVersion: '2024-10-21', deployments: { painter: 'my-painter' } },
    },
  })
  const ask = async (path: string, model: string) => {
    const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`, asJson({ model, input: 'a' }))
    assert.equal(response.status, 200)
    const { path: asked, body, headers } = lastOf(upstream)
    assert.equal(headers['api-key'], 'azure-secret')
    return [asked, JSON.parse(body).model]
  }
  assert.deepEqual(await ask('/v1/images/generations', 'azure/painter'), [
    '/openai/v1/images/generations',
    'my-painter',
  ])
  assert.deepEqual(await ask('/v1/embeddings', 'azure/vectors'), ['/openai/v1/embeddings', 'my-vectors'])
  assert.deepEqual(await ask('/v1/images/generations', 'dated/painter'), [
    '/openai/deployments/my-painter/images/generations?api-version=2024-10-21',
    'my-painter',
  ])
})
