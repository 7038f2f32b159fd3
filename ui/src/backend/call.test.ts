/** What reaches a screen when Rust answers, refuses, or is not there. */
import { expect, test } from 'vitest'
import { asFault, call, FaultError } from './call'

test('an answer is handed on as it is', async () => {
  expect(await call(Promise.resolve({ status: 'ok' as const, data: 7 }))).toBe(7)
})

test('a fault keeps its code and its reference', async () => {
  const refused = call(Promise.resolve({ status: 'error' as const, error: { code: 'gone' as const, reference: 'K7Q2M9XD' } }))
  await expect(refused).rejects.toMatchObject({ code: 'gone', reference: 'K7Q2M9XD' })
})

test('a thing that is no fault becomes an unexpected one, and what it quoted is not passed on', async () => {
  const odd = { status: 'error' as const, error: 'command patients_find: Maya Okafor' as never }
  const died = Promise.reject(new Error('Maya Okafor'))
  for (const answer of [call(Promise.resolve(odd)), call(died)]) {
    const thrown = asFault(await answer.catch((each: unknown) => each))
    expect(thrown).toBeInstanceOf(FaultError)
    expect(thrown.code).toBe('unexpected')
    expect(JSON.stringify(thrown) + thrown.message + String(thrown.cause)).not.toContain('Maya')
  }
})
