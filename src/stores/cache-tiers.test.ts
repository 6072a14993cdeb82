import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAnswers } from '../testing/answer-cache-parts.ts'
import { answerCacheSuite } from '../testing/answer-cache-suite.ts'
import type { AnswerCacheOptions } from './cache-tiers.ts'

const withDisk = async (options: Partial<AnswerCacheOptions>) => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-answers-'))
  const opened = await openAnswers({
    ...options,
    disk: { path: join(folder, 'answers.db'), mostBytes: 32 * 1_048_576 },
  })
  const close = async (): Promise<void> => {
    await opened.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { ...opened, close }
}

const keys = [{ id: 'first', key: new Uint8Array(32).fill(1) }]

answerCacheSuite('in memory', () => openAnswers())
answerCacheSuite('on disk', () => withDisk({ memoryBytes: 0 }))
answerCacheSuite('in little memory and on disk', () => withDisk({ memoryBytes: 65_536 }))
answerCacheSuite('in memory and on disk', () => withDisk({}))
answerCacheSuite('encrypted on disk', () => withDisk({ memoryBytes: 0, keys }))
answerCacheSuite('in memory and encrypted on disk', () => withDisk({ keys }))
