/** Consent to record against the real store: nothing is recorded without one, and taking it back stops at once. */
import type { Consent } from '../src/bindings'
import { expect, test } from './bridge'
import { ask, light, openSample, record, recordButton, somebody, visit } from './steps'
import { t } from './words'

test('whoever has not agreed is asked first, signs by name, and can then be recorded', async ({ page, sample }) => {
  await openSample(page, sample)
  const { id, name } = await somebody(sample, false)
  await visit(page, `/patients/${id}`)
  await recordButton(page).click()
  const start = page.getByRole('button', { name: t('recording.they_agree') })
  await expect(page.getByRole('region', { name: t('consents.text') })).toBeVisible()
  await expect(start).toBeDisabled()

  await page.getByRole('button', { name: t('consents.sign'), exact: true }).click()
  await expect(page.getByText(t('errors.signature_missing.what'))).toBeVisible()
  await page.getByLabel(t('consents.signed_by')).fill(name)
  await page.keyboard.press('Enter')
  await expect(start).toBeFocused()
  expect(await ask<Consent[]>(sample, 'consents_list', { patient: id })).toMatchObject([{ signedBy: name, live: true }])
  await page.keyboard.press('Enter')
  await expect(light(page)).toContainText(t('recording.on'))
})

test('taken back on the chart, it holds no longer, stays readable, and recording asks again', async ({ page, sample }) => {
  await openSample(page, sample)
  const { id } = await somebody(sample, true)
  await visit(page, `/patients/${id}`)
  await page.getByRole('button', { name: t('consents.withdraw'), exact: true }).click()
  await expect(page.getByRole('alertdialog')).toContainText(t('consents.withdraw_text'))
  await page.getByRole('button', { name: t('consents.withdraw_deed') }).click()
  await expect(page.getByText(t('consents.none'))).toBeVisible()
  await page.getByRole('button', { name: t('consents.read'), exact: true }).click()
  await expect(page.getByRole('dialog').getByRole('region', { name: t('consents.text') })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press('r')
  await expect(page.getByRole('button', { name: t('recording.they_agree') })).toBeDisabled()
  await expect(page.getByLabel(t('consents.signed_by'))).toBeVisible()
})

test('taken back while recording, the recording stops at once, says why, and what was recorded stays', async ({
  page,
  sample,
}) => {
  await openSample(page, sample)
  const { id } = await record(page, sample)
  await page.getByRole('button', { name: t('consents.withdraw'), exact: true }).click()
  await page.getByRole('button', { name: t('consents.withdraw_deed') }).click()
  await expect(light(page)).toContainText(t('recording.ended.consent'))
  await expect
    .poll(() => ask<unknown[]>(sample, 'sessions_of_patient', { patient: id }))
    .toContainEqual(expect.objectContaining({ state: 'recorded' }))
  await light(page).getByRole('button', { name: t('recording.noted') }).click()
  await expect(light(page)).toBeHidden()
})
