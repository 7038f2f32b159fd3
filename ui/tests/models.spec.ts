/** What writes sessions down, chosen on the real shelf: one thing to press for whoever begins, the practice model never
 *  without its sentence, and no sound sent anywhere before somebody has read where to. No test here downloads. */
import { expect, test } from './bridge'
import { ask, enrol, openSample, start, visit } from './steps'
import { t } from './words'
import { readWords } from './written'

test('a new practice meets one model and one button, and everything else a press away', async ({ page, empty }) => {
  await start(page, empty)
  await enrol(page, { kind: 'practice', name: 'Ingrid Lindqvist' })
  await visit(page, '/speech')
  await expect(page.getByRole('button', { name: t('speech.first_deed') })).toBeVisible()
  await page.getByRole('button', { name: t('speech.all') }).click()
  for (const purpose of ['fast', 'careful', 'many_languages'] as const)
    await expect(page.getByRole('heading', { name: t(`speech.class.${purpose}`) })).toBeVisible()
})

test('a download that fails says so at its model and can be tried again', async ({ page, empty }) => {
  await page.route('**/ipc/speech_model_download', (route) =>
    route.fulfill({ status: 422, json: { code: 'network_unreachable', reference: 'K7Q2M9XD' } }),
  )
  await start(page, empty)
  await enrol(page, { kind: 'practice', name: 'Ingrid Lindqvist' })
  await visit(page, '/speech')
  await page.getByRole('button', { name: t('speech.first_deed') }).click()
  await expect(page.getByRole('alert')).toContainText(t('errors.network_unreachable.what'))
  await expect(page.getByRole('button', { name: t('speech.first_deed') })).toBeEnabled()
})

test('the practice model is taken only after it was said what it is, and is said to be in use', async ({ page, empty }) => {
  await start(page, empty)
  await enrol(page, { kind: 'practice', name: 'Ingrid Lindqvist' })
  await visit(page, '/speech')
  await page.getByRole('button', { name: t('speech.practice_use') }).click()
  await expect(page.getByRole('alertdialog')).toContainText(t('speech.practice_text'))
  await page.getByRole('button', { name: t('speech.practice_deed') }).click()
  await expect(page.getByText(t('speech.practice_chosen'))).toBeVisible()
  await visit(page, '/settings')
  await expect(page.getByText(t('settings.speech_practice'))).toBeVisible()
  await visit(page, '/speech')
  await page.getByRole('button', { name: t('speech.practice_stop') }).click()
  await expect(page.getByText(t('speech.practice_chosen'))).toBeHidden()
})

test('a file that is no model gets a sentence, and nothing changes', async ({ page, sample }) => {
  await page.route('**/ipc/speech_model_choose_file', (route) => route.fulfill({ json: `${sample.home}/profiles` }))
  await openSample(page, sample)
  await visit(page, '/speech')
  await page.getByRole('button', { name: t('speech.bring_in_deed') }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await expect(page.getByRole('button', { name: t('speech.bring_in_deed') })).toBeEnabled()
})

test('sound may be sent away only to a named place, and only after a word about what that means', async ({ page, sample }) => {
  await openSample(page, sample)
  await visit(page, '/speech')
  const allow = page.getByRole('switch', { name: t('speech.remote_switch') })
  await expect(allow).toBeDisabled()
  await page.getByText(t('speech.remote_where')).click()
  await page.getByLabel(t('speech.remote_endpoint')).fill('https://speech.example.org/v1')
  await page.getByLabel(t('speech.remote_model'), { exact: true }).fill('whisper-1')
  await page.getByRole('button', { name: t('speech.remote_save'), exact: true }).click()
  await expect(allow).toBeEnabled()
  await allow.click()
  await expect(page.getByRole('alertdialog')).toContainText('speech.example.org')
  await page.getByRole('button', { name: t('speech.remote_deed') }).click()
  await expect(allow).toBeChecked()
  expect(await ask(sample, 'remote_read')).toMatchObject({ on: true, endpoint: 'https://speech.example.org/v1' })
  await allow.click()
  await expect(allow).not.toBeChecked()
})

test('an address without a seal is refused in words', async ({ page, sample }) => {
  await openSample(page, sample)
  await visit(page, '/speech')
  await page.getByText(t('speech.remote_where')).click()
  await page.getByLabel(t('speech.remote_endpoint')).fill('http://speech.example.org/v1')
  await page.getByLabel(t('speech.remote_model'), { exact: true }).fill('whisper-1')
  await page.getByRole('button', { name: t('speech.remote_save'), exact: true }).click()
  await expect(page.getByText(t('errors.address_invalid.what'))).toBeVisible()
  await expect(page.getByRole('switch', { name: t('speech.remote_switch') })).toBeDisabled()
  expect(await ask(sample, 'remote_read')).toMatchObject({ on: false, endpoint: '' })
})

test('one’s own voice is remembered from a transcript and forgotten in the settings', async ({ page, sample }) => {
  test.setTimeout(180_000)
  await readWords(page, sample)
  await page.getByRole('button', { name: t('transcripts.who_spoke') }).click()
  await page.getByRole('button', { name: t('transcripts.my_voice') }).click()
  await expect(page.getByText(t('transcripts.voice_kept'))).toBeVisible({ timeout: 60_000 })
  await page.keyboard.press('Escape')
  await visit(page, '/settings')
  await page.getByRole('button', { name: t('settings.voice_forget') }).click()
  await expect(page.getByRole('alertdialog')).toContainText(t('settings.voice_forget_text'))
  await page.getByRole('alertdialog').getByRole('button', { name: t('settings.voice_forget') }).click()
  await expect(page.getByText(t('settings.voice_none'))).toBeVisible()
})
