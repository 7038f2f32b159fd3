/** Keeping what was written: a backup is made, checked and opened again; a damaged one and a foreign one are refused
 *  and say so. Only the system's own file dialog is answered for, which no browser shows. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, SAMPLE_PASSWORD, test } from './bridge'
import { ask, lock, openSample, start, unlock, visit } from './steps'
import { like, t } from './words'

async function answerDialog(page: Page, path: string): Promise<void> {
  await page.route('**/ipc/backup_choose', (route) => route.fulfill({ json: path }))
}

async function restore(page: Page, secret: string): Promise<void> {
  await page.getByRole('button', { name: t('restore.choose') }).click()
  await page.getByLabel(t('desk.password'), { exact: true }).fill(secret)
  await page.getByRole('button', { name: t('restore.restore'), exact: true }).click()
}

test('a backup opens beside what it was made of, with its password and no other', async ({ page, sample }) => {
  test.setTimeout(120_000)
  const path = join(sample.home, 'kept.attune-backup')
  await answerDialog(page, path)
  await openSample(page, sample)
  await visit(page, '/settings')
  await page.getByRole('button', { name: t('settings.backup_make') }).click()
  await expect(page.getByText(like('settings.backup_made'))).toBeVisible({ timeout: 30_000 })
  await page.getByRole('button', { name: t('settings.check_run') }).click()
  await expect(page.getByText(like('settings.check_whole'))).toBeVisible({ timeout: 30_000 })

  await lock(page)
  await page.getByRole('button', { name: t('desk.someone_else') }).click()
  await page.getByRole('button', { name: t('desk.restore_link') }).click()
  await restore(page, 'not the password at all')
  await expect(page.getByText(t('errors.wrong_password.what'))).toBeVisible({ timeout: 30_000 })
  await restore(page, SAMPLE_PASSWORD)
  await expect(page.getByRole('button', { name: t('desk.unlock'), exact: true })).toBeVisible({ timeout: 30_000 })
  await unlock(page)
  await visit(page, '/patients')
  await expect(page.getByRole('link', { name: 'Maya Okafor' })).toBeVisible()
  const { profiles } = await ask<{ profiles: unknown[] }>(sample, 'desk_state')
  expect(profiles).toHaveLength(2)
})

test('a file that is no backup, or a damaged one, is refused with a sentence', async ({ page, empty }) => {
  const path = join(empty.home, 'holiday.attune-backup')
  await answerDialog(page, path)
  await start(page, empty)
  await page.getByRole('button', { name: t('desk.restore_link') }).click()
  for (const [bytes, code] of [
    ['somebody’s holiday', 'backup_foreign'],
    [`ATNB1${'x'.repeat(9_000)}`, 'backup_damaged'],
  ] as const) {
    await writeFile(path, bytes)
    await restore(page, SAMPLE_PASSWORD)
    await expect(page.getByText(t(`errors.${code}.what`))).toBeVisible()
    await expect(page.getByText(t(`errors.${code}.do`))).toBeVisible()
  }
})
