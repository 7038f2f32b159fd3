/** Turns: nobody overtakes, and nobody is kept waiting by somebody else's failure. */
import { expect, test } from 'vitest'
import { Turns } from './turns'

test('the second begins when the first is over', async () => {
  const turns = new Turns()
  const order: string[] = []
  let end = (): void => undefined
  const first = turns.next(async () => {
    await new Promise<void>((resolve) => (end = resolve))
    order.push('first')
  })
  const second = turns.next(async () => void order.push('second'))
  await Promise.resolve()
  end()
  await Promise.all([first, second])
  expect(order).toEqual(['first', 'second'])
})

test('a turn that failed says so to whoever took it, and the next one begins', async () => {
  const turns = new Turns()
  const failed = turns.next(() => Promise.reject(new Error('no')))
  const next = turns.next(() => Promise.resolve(7))
  await expect(failed).rejects.toThrow('no')
  expect(await next).toBe(7)
})
