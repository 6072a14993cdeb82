import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { discoverProviders } from './discover.ts'

const nobody = async () => undefined

/** Runs a small server on this machine while `use` lasts, and tells what it was asked for. */
const withServer = async (answer: RequestListener, use: (port: number) => Promise<void>): Promise<string[]> => {
  const asked: string[] = []
  const server = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`)
    answer(incoming, outgoing)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await use((server.address() as AddressInfo).port)
  } finally {
    server.closeAllConnections()
    server.close()
  }
  return asked
}

/** The origin that would be asked for an Ollama. */
const originFor = async (host: string | undefined): Promise<string> => {
  let asked = ''
  await discoverProviders({ OLLAMA_HOST: host }, async (origin) => {
    asked = origin
    return undefined
  })
  return asked
}

describe('discovery', () => {
  test('finds the simulated provider always', async () => {
    assert.deepEqual(await discoverProviders({}, nobody), [{ name: 'sim', kind: 'simulated', foundBy: 'always' }])
  })

  test('finds the providers whose usual keys are set, and says by what', async () => {
    const environment = {
      OPENAI_API_KEY: 'a',
      ANTHROPIC_API_KEY: 'b',
      GOOGLE_API_KEY: 'c',
      GROQ_API_KEY: '',
      VLLM_API_KEY: 'd',
    }
    const found = await discoverProviders(environment, nobody)
    assert.deepEqual(
      found.map(({ name, kind, apiKey, foundBy }) => [name, kind, apiKey, foundBy]),
      [
        ['anthropic', 'anthropic', 'b', 'ANTHROPIC_API_KEY'],
        ['gemini', 'gemini', 'c', 'GOOGLE_API_KEY'],
        ['openai', 'openai', 'a', 'OPENAI_API_KEY'],
        ['sim', 'simulated', undefined, 'always'],
      ],
    )
  })

  test('finds an Ollama on this machine with the names of its models', async () => {
    const answer: RequestListener = (_, outgoing) => {
      outgoing.end(
        JSON.stringify({ models: [{ name: 'llama3.2:latest' }, { name: 7 }, { name: 'qwen3:8b', size: 1 }] }),
      )
    }
    const asked = await withServer(answer, async (port) => {
      const [ollama] = await discoverProviders({ OLLAMA_HOST: `127.0.0.1:${port}` })
      assert.deepEqual(ollama, {
        name: 'ollama',
        kind: 'ollama',
        baseUrl: `http://127.0.0.1:${port}/v1`,
        models: ['llama3.2:latest', 'qwen3:8b'],
        foundBy: `http://127.0.0.1:${port}`,
      })
    })
    assert.deepEqual(asked, ['GET /api/tags'])
  })

  const others: Readonly<Record<string, RequestListener>> = {
    'another program': (_, outgoing) => outgoing.end('<html>hello</html>'),
    'another JSON': (_, outgoing) => outgoing.end('{"models":"none"}'),
    'a refusal': (_, outgoing) => outgoing.writeHead(500).end('{"models":[]}'),
    'a redirect': (_, outgoing) => outgoing.writeHead(302, { location: '/elsewhere' }).end(),
    'an endless answer': (_, outgoing) => outgoing.end(Buffer.alloc(2 * 1024 * 1024, '{')),
    'a cut answer': (_, outgoing) => {
      outgoing.writeHead(200, { 'content-length': '100' }).write('{')
      outgoing.destroy()
    },
  }
  for (const [name, answer] of Object.entries(others)) {
    test(`takes ${name} on that port for no Ollama`, async () => {
      const asked = await withServer(answer, async (port) => {
        const found = await discoverProviders({ OLLAMA_HOST: `http://localhost:${port}` })
        assert.deepEqual(
          found.map((provider) => provider.name),
          ['sim'],
        )
      })
      assert.equal(asked.length, 1)
    })
  }

  test('waits no longer than a moment for a port that says nothing', async () => {
    const started = performance.now()
    await withServer(
      () => {},
      async (port) => {
        const found = await discoverProviders({ OLLAMA_HOST: `127.0.0.1:${port}` })
        assert.deepEqual(
          found.map((provider) => provider.name),
          ['sim'],
        )
      },
    )
    assert.ok(performance.now() - started < 2_000)
  })
})

describe('where an Ollama is looked for', () => {
  const usual = 'http://127.0.0.1:11434'
  const cases: readonly (readonly [host: string | undefined, origin: string])[] = [
    [undefined, usual],
    ['', usual],
    ['127.0.0.1:9000', 'http://127.0.0.1:9000'],
    ['localhost', 'http://localhost:11434'],
    ['[::1]:9000', 'http://[::1]:9000'],
    ['http://127.0.0.2:9000/', 'http://127.0.0.2:9000'],
    ['0.0.0.0:9000', 'http://127.0.0.1:9000'],
    ['192.168.0.7:9000', usual],
    ['ollama.example.com', usual],
    ['https://127.0.0.1:9000', usual],
    ['127.0.0.1.example.com', usual],
    ['http://127.0.0.1@example.com', usual],
    ['not an address', usual],
  ]
  for (const [host, origin] of cases) {
    test(`${host === undefined ? 'no OLLAMA_HOST' : JSON.stringify(host)} means ${origin}`, async () => {
      assert.equal(await originFor(host), origin)
    })
  }
})
