/** Bringing a list in: what the preview promises is what happens, and a bad file gets a sentence and harms nothing. */
import type { Page } from '@playwright/test'
import type { Code, PatientFound } from '../src/bindings'
import { type Bridge, expect, test } from './bridge'
import { ask, csv, openSample, visit } from './steps'
import { LIST } from './tours'
import { like, t } from './words'

const everyone = (bridge: Bridge) =>
  ask<PatientFound[]>(bridge, 'patients_find', { query: '', standing: 'active' })

async function choose(page: Page, file: ReturnType<typeof csv>): Promise<void> {
  await visit(page, '/patients/import')
  await page.locator('input[type=file]').setInputFiles(file)
}

test('each row says beforehand what will happen to it, and afterwards what did', async ({ page, sample }) => {
  await openSample(page, sample)
  const before = await everyone(sample)
  const known = before[0]?.patient.name ?? ''
  await choose(page, csv(`${LIST}${known},,,,\n`))

  const rows = page.getByRole('row')
  await expect(rows.filter({ hasText: 'Ada Brandt' })).toContainText(t('patients.ready'))
  await expect(rows.filter({ hasText: t('errors.name_missing.what') })).toHaveCount(1)
  await expect(rows.filter({ hasText: 'Noor Haddad' })).toContainText(t('errors.email_invalid.what'))
  await expect(rows.filter({ hasText: 'Ida Holm' })).toContainText(t('errors.born_invalid.what'))
  await expect(rows.filter({ hasText: known })).toContainText(t('patients.resembles', { name: known }))
  await expect(
    page.getByText(t('patients.import_counts', { ready: 1, duplicates: 1, refused: 3 })),
  ).toBeVisible()
  expect(await everyone(sample)).toHaveLength(before.length)

  await page.getByRole('button', { name: t('patients.import_go', { count: 1 }) }).click()
  await expect(page.getByText(t('patients.import_done', { count: 1 }))).toBeVisible()
  await expect(rows.filter({ hasText: 'Ada Brandt' })).toContainText(t('patients.imported'))
  await expect(rows.filter({ hasText: known })).toContainText(t('patients.left_out'))
  expect(await everyone(sample)).toHaveLength(before.length + 1)

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: t('patients.report') }).click()
  await expect(page.getByText(t('patients.report_copied'))).toBeVisible()
  const report = await page.evaluate(() => navigator.clipboard.readText())
  expect(report).toContain('Ada Brandt')
  expect(report).toContain(t('errors.email_invalid.what'))
})

test('someone already here is brought in only when asked for', async ({ page, sample }) => {
  await openSample(page, sample)
  const before = await everyone(sample)
  const known = before[0]?.patient.name ?? ''
  await choose(page, csv(`Name\n${known}\n`))
  await expect(page.getByText(t('patients.import_none'))).toBeVisible()
  await page.getByRole('switch', { name: t('patients.with_duplicates') }).click()
  await page.getByRole('button', { name: t('patients.import_go', { count: 1 }) }).click()
  await expect(page.getByText(t('patients.import_done', { count: 1 }))).toBeVisible()
  expect((await everyone(sample)).filter(({ patient }) => patient.name === known)).toHaveLength(2)
})

test('what is brought in cannot be changed while it is being brought in', async ({ page, sample }) => {
  await openSample(page, sample)
  const known = (await everyone(sample))[0]?.patient.name ?? ''
  let go: () => void = () => undefined
  const held = new Promise<void>((resolve) => (go = resolve))
  await page.route('**/ipc/patients_import', async (route) => {
    await held
    await route.continue()
  })
  await choose(page, csv(`Name\n${known}\nAda Brandt\n`))
  await page.getByRole('button', { name: t('patients.import_go', { count: 1 }) }).click()
  await expect(page.getByRole('switch', { name: t('patients.with_duplicates') })).toBeDisabled()
  go()
  await expect(page.getByRole('row').filter({ hasText: known })).toContainText(t('patients.left_out'))
})

test('names keep their accents whatever the spreadsheet wrote them in', async ({ page, sample }) => {
  await openSample(page, sample)
  const text = 'Name;Telefon\nZoë Müller;030 1234\nJérôme Ångström;030 5678\n'
  const files = {
    'utf-8': Buffer.from(text),
    'windows-1252': Buffer.from(text, 'latin1'),
    'utf-16': Buffer.from(`\uFEFF${text}`, 'utf16le'),
  }
  for (const [encoding, bytes] of Object.entries(files)) {
    await choose(page, csv(bytes, `${encoding}.csv`))
    await expect(page.getByRole('cell', { name: 'Zoë Müller', exact: true }), encoding).toBeVisible()
    await expect(page.getByRole('cell', { name: 'Jérôme Ångström', exact: true }), encoding).toBeVisible()
    await expect(page.getByText(like('patients.encoding'))).toBeVisible()
    await page.getByRole('button', { name: t('patients.another_file') }).click()
  }
})

test.describe('a bad file gets a sentence, and nothing is added', () => {
  const bad: [string, Code, () => ReturnType<typeof csv>][] = [
    ['an empty one', 'csv_empty', () => csv('')],
    ['one without a name column', 'csv_no_name', () => csv('Colour,Price\nA,1\n')],
    [
      'one that is no table',
      'csv_unreadable',
      () => csv(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0xff, 0xfe, 0, 1])),
    ],
    [
      'one of 100 000 rows',
      'csv_too_many_rows',
      () => csv(`Name\n${Array.from({ length: 100_000 }, (_, i) => `Person ${i}`).join('\n')}\n`),
    ],
  ]
  for (const [what, code, make] of bad) {
    test(what, async ({ page, sample }) => {
      await openSample(page, sample)
      const before = await everyone(sample)
      await choose(page, make())
      const said = page.getByRole('alert')
      await expect(said).toContainText(t(`errors.${code}.what`))
      await expect(said).toContainText(t(`errors.${code}.do`))
      await expect(page.getByRole('button', { name: t('patients.choose_file') })).toBeVisible()
      expect(await everyone(sample)).toHaveLength(before.length)
    })
  }
})
