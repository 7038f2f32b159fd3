/** Locking: the window is empty within a tenth of a second, whoever locked it, and nothing of the practice is left in
 *  the page. */
import type { Page } from '@playwright/test'
import { expect, test } from './bridge'
import { ask, enrol, lock, openSample, start, unlock, visit } from './steps'
import { t } from './words'

type Watched = { pressedAt?: number; blankAt?: number }

/** Notes, inside the page, when the key went down and when the practice was gone from it. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const watched: Watched = {}
    Object.assign(globalThis, { watched })
    addEventListener('keydown', ({ key }) => key === 'l' && (watched.pressedAt ??= performance.now()), {
      capture: true,
    })
    new MutationObserver(() => {
      if (document.querySelector('main#page') === null) watched.blankAt ??= performance.now()
    }).observe(document.body, { childList: true, subtree: true })
  })
}

async function blankAfter(page: Page): Promise<number> {
  const { pressedAt, blankAt } = await page.evaluate(() => (globalThis as unknown as { watched: Watched }).watched)
  if (pressedAt === undefined || blankAt === undefined) throw new Error('the lock was never seen to happen')
  return blankAt - pressedAt
}

test('the lock key empties the window within a tenth of a second', async ({ page, sample }) => {
  await openSample(page, sample)
  const took: number[] = []
  for (let time = 0; time < 5; time++) {
    await visit(page, '/patients')
    await page.getByRole('link', { name: 'Maya Okafor' }).click()
    await expect(page.getByRole('heading', { name: 'Maya Okafor' })).toBeVisible()
    await watch(page)
    await lock(page)
    took.push(await blankAfter(page))
    await unlock(page)
  }
  const [, , median] = took.sort((a, b) => a - b)
  expect(median).toBeLessThan(100)
})

test.describe('the lock can be seen and pressed, with its key beside it,', () => {
  const locksAtAPress = async (page: Page) => {
    const lockNow = page.getByRole('button', { name: t('frame.lock') })
    await expect(lockNow.locator('kbd')).toHaveText(/L$/)
    await lockNow.click()
    await expect(page.getByRole('button', { name: t('desk.unlock'), exact: true })).toBeVisible()
  }

  test('in a practice', async ({ page, sample }) => {
    await openSample(page, sample)
    await locksAtAPress(page)
  })

  test('in one’s own application', async ({ page, empty }) => {
    await start(page, empty)
    await enrol(page, { kind: 'personal', name: 'Maya' })
    await locksAtAPress(page)
  })
})

test('a lock from outside the window empties it too, and leaves no name in the page', async ({ page, sample }) => {
  await openSample(page, sample)
  await visit(page, '/patients')
  await expect(page.getByText('Maya Okafor')).toBeVisible()
  await ask(sample, 'desk_lock')
  await expect(page.getByRole('button', { name: t('desk.unlock'), exact: true })).toBeVisible()
  expect(await page.content()).not.toContain('Okafor')
})
