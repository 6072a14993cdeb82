/** Builds what is published: plain JavaScript with types in `dist/`, and a manifest without the tools of development. */
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { buildDashboard } from './build-dashboard.ts'

const root = new URL('../', import.meta.url)
const at = (path: string): URL => new URL(path, root)

// Programs that were built for this repository may be running, and are not published.
for (const each of existsSync(at('dist')) ? readdirSync(at('dist')) : [])
  if (each !== 'program') rmSync(at(`dist/${each}`), { recursive: true, force: true })
const compiled = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
if (compiled.status !== 0) process.exit(compiled.status ?? 1)
await buildDashboard()

const manifest = JSON.parse(readFileSync(at('package.json'), 'utf8'))
const published = {
  name: manifest.name,
  version: manifest.version,
  description: manifest.description,
  license: manifest.license,
  type: 'module',
  engines: manifest.engines,
  bin: { tollgate: './cli/main.js' },
  exports: {
    '.': { types: './index.d.ts', default: './index.js' },
    './testing': { types: './testing/index.d.ts', default: './testing/index.js' },
    './package.json': './package.json',
  },
  dependencies: manifest.dependencies,
  peerDependencies: manifest.peerDependencies,
  peerDependenciesMeta: manifest.peerDependenciesMeta,
}
writeFileSync(at('dist/package.json'), `${JSON.stringify(published, null, 2)}\n`)
writeFileSync(at('dist/.npmignore'), 'program/\n')
for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) copyFileSync(at(file), at(`dist/${file}`))
chmodSync(at('dist/cli/main.js'), 0o755)
console.log('dist/ is what `npm publish ./dist` would publish.')
