import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { completionBody } from './bodies.ts'
import { type Child, freePort, start } from './children.ts'

export interface NginxOptions {
  /** Where its files go. */
  readonly folder: string
  readonly core: 'load' | 'measured'
  /** The part of its configuration that is its own, for a port. */
  readonly http: (port: number) => string
}

/** nginx with one worker, nothing logged, connections kept. */
export const startNginx = async ({ folder, core, http }: NginxOptions): Promise<{ child: Child; port: number }> => {
  const own = mkdtempSync(join(folder, 'nginx-'))
  const port = await freePort()
  const configFile = join(own, 'nginx.conf')
  writeFileSync(configFile, configuration(own, http(port)))
  const command = ['nginx', '-p', own, '-e', join(own, 'error.log'), '-c', configFile]
  return { child: start(command, { core, logFile: join(own, 'output.log') }), port }
}

const temporaryPaths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

const configuration = (own: string, http: string): string => `daemon off;
worker_processes 1;
pid ${own}/nginx.pid;
events { worker_connections 4096; }
http {
  access_log off;
  ${temporaryPaths.map((name) => `${name}_temp_path ${own}/${name};`).join(' ')}
  client_body_buffer_size 128k;
  keepalive_timeout 300s;
  keepalive_requests 100000000;
  ${http}
}
`

/** An upstream that gives every question the same whole answer. */
export const jsonUpstream = (port: number): string => `server {
    listen 127.0.0.1:${port};
    default_type application/json;
    location / { return 200 '${completionBody}'; }
  }`

/** A proxy that passes everything on, bytes of streams at once. */
export const proxy = (upstreamPort: number) => (port: number) =>
  `upstream answering {
    server 127.0.0.1:${upstreamPort};
    keepalive 512;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://answering;
      proxy_http_version 1.1;
      proxy_set_header Connection '';
      proxy_set_header Authorization 'Bearer sk-upstream';
      proxy_buffering off;
    }
  }`
