import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { rawRequest } from '../../testing/index.ts'

/** One request as nginx understood it. */
export interface Logged {
  readonly status: string
  /** The status of the server behind it; `-` when it did not ask that one. */
  readonly upstreamStatus: string
}

/** An nginx in front of a server, that keeps its connections to it. */
export interface Nginx extends AsyncDisposable {
  readonly port: number
  /** Every request so far, in order. */
  logged(): Logged[]
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A program of the system, not of a package. */
const program = 'nginx'

const temporaryPaths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

const configuration = (folder: string, port: number, behind: number): string => `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  log_format short '$status $upstream_status';
  access_log ${folder}/access.log short;
  ${temporaryPaths.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  upstream gateway {
    server 127.0.0.1:${behind};
    keepalive 4;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://gateway;
      proxy_http_version 1.1;
      proxy_set_header Connection '';
      proxy_set_header Host 127.0.0.1;
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_read_timeout 5s;
    }
  }
}
`

const answers = async (port: number): Promise<boolean> =>
  rawRequest(port, 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n').then(
    ({ text }) => text.startsWith('HTTP/1.1 200'),
    () => false,
  )

/** Starts nginx on a free port of 127.0.0.1. Rejects when it is not installed, or does not answer within five seconds. */
export const startNginx = async (behind: number): Promise<Nginx> => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-nginx-'))
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, configuration(folder, port, behind))
  const environment = { PATH: `${process.env.PATH}:/usr/sbin` }
  const child = spawn(program, ['-p', folder, '-e', join(folder, 'error.log'), '-c', file], { env: environment })
  const ended = new Promise<Error | undefined>((resolve) => {
    child.on('error', (cause) => resolve(new Error('nginx cannot be started; install the package nginx', { cause })))
    child.on('close', () => resolve(undefined))
  })
  const end = performance.now() + 5_000
  while (!(await answers(port))) {
    if (performance.now() > end) throw (await Promise.race([ended, undefined])) ?? new Error('nginx does not answer')
  }
  const log = join(folder, 'access.log')
  const begun = () => readFileSync(log, 'utf8').trimEnd().split('\n').filter(Boolean)
  return {
    port,
    logged: () =>
      begun().map((line) => {
        const [status = '', upstreamStatus = ''] = line.split(' ')
        return { status, upstreamStatus }
      }),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
