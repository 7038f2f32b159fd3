/** Finding, warning and keeping: what the list and the form promise, against the real store. */
import type { PatientFound } from '../src/bindings'
import { expect, test } from './bridge'
import { ask, lock, openSample, unlock, visit } from './steps'
import { t } from './words'

const search = (page: import('@playwright/test').Page) =>
  page.getByRole('searchbox', { name: t('patients.search') })

test.describe('find as you type', () => {
  test('finds through accents, by the start of any name, and forgives a slip', async ({ page, sample }) => {
    await openSample(page, sample)
    await ask(sample, 'patients_create', { patient: person('Željka Ångström-Müller') })
    await visit(page, '/patients')
    const rows = page.locator('[data-row]')
    for (const typed of ['zeljka', 'ŽELJKA', 'ang', 'ångs', 'muller', 'muller zel']) {
      await search(page).fill(typed)
      await expect(rows.first(), typed).toContainText('Željka Ångström-Müller')
      await expect(page.getByRole('heading', { name: t('patients.did_you_mean') }), typed).toBeHidden()
    }
    await search(page).fill('angstrum')
    await expect(page.getByRole('heading', { name: t('patients.did_you_mean') })).toBeVisible()
    await expect(rows.first()).toContainText('Željka Ångström-Müller')
  })

  test('says how many were found, and offers to add a name nobody has', async ({ page, sample }) => {
    await openSample(page, sample)
    await visit(page, '/patients')
    await search(page).fill('Quintus Nobody')
    await expect(
      page.getByRole('status').filter({ hasText: t('patients.count_found', { count: 0 }) }),
    ).toBeVisible()
    await page.getByRole('button', { name: t('patients.add_named', { name: 'Quintus Nobody' }) }).click()
    await expect(page.getByLabel(t('patients.name'), { exact: true })).toHaveValue('Quintus Nobody')
    expect(page.url()).not.toContain('Quintus')
  })

  test('the list hears of someone added elsewhere', async ({ page, sample }) => {
    await openSample(page, sample)
    await visit(page, '/patients')
    await expect(page.locator('[data-row]').first()).toBeVisible()
    await ask(sample, 'patients_create', { patient: person('Aaron Aaronson') })
    await expect(page.locator('[data-row]').first()).toContainText('Aaron Aaronson')
  })
})

test.describe('Enter', () => {
  test('opens who is typed, however fast, in the list and in the palette', async ({ page, sample }) => {
    await openSample(page, sample)
    const [, other] = await ask<PatientFound[]>(sample, 'patients_find', { query: '', standing: 'active' })
    const name = other?.patient.name ?? ''
    await visit(page, '/patients')
    await expect(page.locator('[data-row]').first()).toBeVisible()
    await search(page).pressSequentially(name, { delay: 0 })
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()

    await visit(page, '/')
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('dialog').getByRole('combobox').pressSequentially(name, { delay: 0 })
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
  })

  test('never opens a guess by itself', async ({ page, sample }) => {
    await openSample(page, sample)
    await ask(sample, 'patients_create', { patient: person('Željka Ångström-Müller') })
    await visit(page, '/patients')
    await search(page).fill('angstrum')
    await expect(page.getByRole('heading', { name: t('patients.did_you_mean') })).toBeVisible()
    await expect(page.locator('[data-row][aria-current]')).toHaveCount(0)
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByRole('dialog').getByRole('combobox').fill('angstrum')
    const guess = page.getByRole('option', { name: 'Željka' })
    await expect(guess).toBeVisible()
    await expect(guess).toHaveAttribute('aria-selected', 'false')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog')).toBeHidden()
    await expect(page.getByRole('heading', { level: 1, name: t('patients.title') })).toBeVisible()
  })
})

test.describe('the form', () => {
  test('warns while typing that someone like this is already here, and leads there', async ({
    page,
    sample,
  }) => {
    await openSample(page, sample)
    const known = await anyone(sample)
    await visit(page, '/patients/new')
    await page.getByLabel(t('patients.name'), { exact: true }).fill(known.patient.name.toUpperCase())
    await page.getByRole('link', { name: known.patient.name }).click()
    await expect(page.getByRole('heading', { level: 1, name: known.patient.name })).toBeVisible()
  })

  test('opens with the name that was asked for, and offers what was begun about somebody else', async ({
    page,
    sample,
  }) => {
    await openSample(page, sample)
    const name = page.getByLabel(t('patients.name'), { exact: true })
    await visit(page, '/patients/new')
    await name.fill('Maya Begun')
    await visit(page, '/patients')
    await search(page).fill('Quintus')
    await page.getByRole('button', { name: t('patients.add_named', { name: 'Quintus' }) }).click()
    const offer = page.getByRole('button', { name: t('patients.aside_back_named', { name: 'Maya Begun' }) })
    await expect(offer).toBeVisible()
    await expect(name).toHaveValue('Quintus')
    await page.getByRole('button', { name: t('patients.save_new') }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Quintus' })).toBeVisible()
    await visit(page, '/patients/new')
    await expect(name).toHaveValue('Maya Begun')
  })

  test('says what is wrong at the field it is about, and keeps everything', async ({ page, sample }) => {
    await openSample(page, sample)
    await visit(page, '/patients/new')
    const save = page.getByRole('button', { name: t('patients.save_new') })
    await save.click()
    await expect(page.locator('input[name=name]')).toBeFocused()
    await expect(page.locator('input[name=name]')).toHaveAttribute('aria-invalid', 'true')
    await page.locator('input[name=name]').fill('A'.repeat(10_000))
    await save.click()
    await expect(page.locator('input[name=name]')).toHaveAttribute('aria-invalid', 'true')
    await page.locator('input[name=name]').fill('مريم 🌿 O’Neil')
    await page.locator('input[name=phone]').fill('call me')
    await save.click()
    await expect(page.locator('input[name=phone]')).toBeFocused()
    await page.locator('input[name=phone]').fill('+44 20 7946 0101')
    await save.click()
    await expect(page.getByRole('heading', { level: 1, name: 'مريم 🌿 O’Neil' })).toBeVisible()
  })

  test('what was half written survives the lock', async ({ page, sample }) => {
    await openSample(page, sample)
    await visit(page, '/patients/new')
    await page.locator('input[name=name]').fill('Half a')
    await page.locator('textarea[name=note]').fill('Thursdays only')
    await lock(page)
    await expect(page.getByText('Half a')).toHaveCount(0)
    await unlock(page)
    await expect(page.locator('input[name=name]')).toHaveValue('Half a')
    await expect(page.locator('textarea[name=note]')).toHaveValue('Thursdays only')
  })

  test('what was half written is gone once it is saved', async ({ page, sample }) => {
    await openSample(page, sample)
    await visit(page, '/patients/new')
    await page.locator('input[name=name]').fill('Ada Brandt')
    await page.getByRole('button', { name: t('patients.save_new') }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Ada Brandt' })).toBeVisible()
    await visit(page, '/patients/new')
    await expect(page.locator('input[name=name]')).toHaveValue('')
  })
})

test('archiving is undone by the toast and the chart stays complete', async ({ page, sample }) => {
  await openSample(page, sample)
  const { patient } = await anyone(sample)
  await visit(page, `/patients/${patient.id}`)
  await page.getByRole('button', { name: t('patients.more'), exact: true }).click()
  await page.getByRole('menuitem', { name: t('patients.archive') }).click()
  await expect(page.getByText(t('patients.archived_banner'))).toBeVisible()
  await expect(page.getByRole('radiogroup', { name: t('moods.question_room') })).toBeHidden()
  await page.getByRole('button', { name: t('design.undo') }).click()
  await expect(page.getByText(t('patients.archived_banner'))).toBeHidden()
  await expect(page.getByRole('radiogroup', { name: t('moods.question_room') })).toBeVisible()
})

function person(name: string) {
  return {
    name,
    preferredName: null,
    pronouns: null,
    reference: null,
    email: null,
    phone: null,
    bornOn: null,
    note: null,
  }
}

async function anyone(bridge: import('./bridge').Bridge): Promise<PatientFound> {
  const [first] = await ask<PatientFound[]>(bridge, 'patients_find', { query: '', standing: 'active' })
  if (first === undefined) throw new Error('the sample practice has nobody in it')
  return first
}
