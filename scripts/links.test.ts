import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { glob, readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Pages of the repository, their paths from its root. */
const pages: string[] = []
for await (const path of glob('**/*.md', { cwd: root, exclude: ['**/node_modules/**', 'dist/**'] })) pages.push(path)

interface Link {
  readonly page: string
  readonly target: string
}

/** Examples hold brackets that are no links. */
const withoutCode = (text: string): string => text.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '')

/** The links of a page that lead to another place of the repository. */
const linksOf = async (page: string): Promise<Link[]> => {
  const text = withoutCode(await readFile(join(root, page), 'utf8'))
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => ({ page, target }))
    .filter(({ target }) => !/^[a-z]+:/i.test(target))
}

/** The names by which headings of a page are linked to. */
const anchorsOf = async (page: string): Promise<Set<string>> => {
  const text = (await readFile(join(root, page), 'utf8')).replaceAll(/```[\s\S]*?```/g, '')
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    ),
  )
}

const links = (await Promise.all(pages.map(linksOf))).flat()

test('every relative link of a page leads to something that exists', () => {
  const broken = links.filter(({ page, target }) => {
    const [path = ''] = target.split('#')
    return path !== '' && !existsSync(join(root, dirname(page), decodeURIComponent(path)))
  })
  assert.deepEqual(broken, [])
  assert.ok(links.length > 20, 'hardly any link was found, so nothing was tried')
})

test('every link to a heading leads to one', async () => {
  const broken: Link[] = []
  for (const { page, target } of links) {
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? page : normalize(join(dirname(page), path))
    if (anchor === undefined || !file.endsWith('.md')) continue
    if (!existsSync(join(root, file)) || !(await anchorsOf(file)).has(anchor)) broken.push({ page, target })
  }
  assert.deepEqual(broken, [])
})
