import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import {
  configurationPage,
  configurationReference,
  configurationSample,
} from '../../scripts/configuration-reference.ts'
import { loadConfig } from './load.ts'

describe('the page of the configuration', () => {
  test('is what the schema says', async () => {
    const page = await readFile(configurationPage, 'utf8')
    assert.equal(page, configurationReference(), 'run `node scripts/configuration-reference.ts`')
  })

  test('shows a configuration that works', async () => {
    const environment = { OPENAI_API_KEY: 'sk-sample', WEB_KEY: 'web-sample', WEBHOOK_SECRET: 'webhook-sample-secret' }
    const { config } = await loadConfig({ text: configurationSample, environment, probe: async () => undefined })
    assert.deepEqual([...config.models.keys()], ['chat', 'small', 'test'])
  })
})
