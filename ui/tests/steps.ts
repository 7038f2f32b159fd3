/** What people do again and again in these tests, each as one sentence. */
import { expect, type Locator, type Page } from '@playwright/test'
import type { Consent, PatientFound } from '../src/bindings'
import { type Bridge, SAMPLE_PASSWORD } from './bridge'
import { inEnglish, type Words } from './words'

export const PASSWORD = 'kettle-orbit-velvet-19'

/** The first screen of the application, whichever that is. */
export async function start(page: Page, bridge: Bridge): Promise<void> {
  await page.goto(bridge.url)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}

/** Types the password into the lock and waits for the first screen behind it. */
export async function unlock(
  page: Page,
  words: Words = inEnglish,
  password = SAMPLE_PASSWORD,
): Promise<void> {
  await page.getByLabel(words.t('desk.password'), { exact: true }).fill(password)
  await page.getByRole('button', { name: words.t('desk.unlock'), exact: true }).click()
  await expect(page.locator('main#page')).toBeVisible({ timeout: 30_000 })
}

export async function lock(page: Page, words: Words = inEnglish): Promise<void> {
  await page.keyboard.press('ControlOrMeta+l')
  await expect(page.getByRole('button', { name: words.t('desk.unlock'), exact: true })).toBeVisible()
}

/** The sample practice, open. */
export async function openSample(page: Page, bridge: Bridge, words: Words = inEnglish): Promise<void> {
  await start(page, bridge)
  await unlock(page, words)
}

/** To a screen by its address, as a link would lead there. */
export async function visit(page: Page, path: `/${string}`): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash
  }, `#${path}`)
}

type Who = { kind: 'practice' | 'personal'; name: string; practice?: string }

/** The first run from the first question to an open store; `at` is told each step as it stands. */
export async function enrol(
  page: Page,
  who: Who,
  words: Words = inEnglish,
  at: (step: string) => Promise<void> = async () => undefined,
): Promise<void> {
  const { t } = words
  const next = () => page.getByRole('button', { name: t('enrol.next') }).click()
  const asked = (title: Parameters<typeof t>[0]) =>
    expect(page.getByRole('heading', { name: t(title) })).toBeVisible()

  await asked('enrol.kind_title')
  await at('first run, what for')
  await page.getByRole('radio', { name: t(`enrol.kind_${who.kind}`) }).click()
  await next()
  await asked('enrol.name_title')
  await page.getByLabel(t('enrol.name_label')).fill(who.name)
  await at('first run, name')
  await next()
  if (who.kind === 'practice') {
    await asked('enrol.practice_title')
    await page.getByLabel(t('enrol.practice_label')).fill(who.practice ?? 'Lindqvist Practice')
    await at('first run, practice')
    await next()
  }
  await asked('enrol.country_title')
  await at('first run, country')
  await next()
  await asked('enrol.password_title')
  await page.getByLabel(t('password.new'), { exact: true }).fill('letmein')
  await expect(page.getByRole('meter')).not.toHaveAttribute('aria-valuenow', '4')
  await at('first run, password too weak')
  await page.getByLabel(t('password.new'), { exact: true }).fill(PASSWORD)
  await at('first run, password')
  await page.getByRole('button', { name: t('enrol.create'), exact: true }).click()
  await expect(page.getByRole('heading', { name: t('enrol.kit_title') })).toBeVisible({ timeout: 30_000 })
  const kit = await kitOnScreen(page, words)
  await at('first run, recovery kit')
  await page.getByRole('button', { name: t('kit.written') }).click()
  await asked('enrol.check_title')
  await at('first run, kit check')
  await typeBack(page, kit, words)
  await page.getByRole('button', { name: t('kit.check'), exact: true }).click()
  await expect(page.locator('main#page')).toBeVisible()
}

/** The nine groups as they stand on the screen. */
export async function kitOnScreen(page: Page, words: Words = inEnglish): Promise<string[]> {
  const groups = page.getByRole('list', { name: words.t('kit.groups') }).getByRole('listitem')
  await expect(groups).toHaveCount(9)
  return Promise.all(
    (await groups.all()).map(async (group) => (await group.locator('.group').innerText()).trim()),
  )
}

/** Types the groups asked for, each into its own field. */
export async function typeBack(page: Page, kit: string[], words: Words = inEnglish): Promise<void> {
  for (const [i, group] of kit.entries()) {
    const field = page.getByLabel(words.t('kit.group', { number: i + 1 }), { exact: true })
    if ((await field.count()) > 0) await field.fill(group)
  }
}

/** Walks with the Tab key until something has the focus; says where it went if it never does. */
export async function tabTo(page: Page, wanted: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const way: string[] = []
  for (let step = 0; step < 80; step++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press(key)
    way.push(await page.evaluate(() => document.activeElement?.textContent?.trim().slice(0, 30) ?? '?'))
  }
  throw new Error(`the keyboard never reached it; it went by way of ${way.join(' → ')}`)
}

/** Asks a command straight away, for facts a test needs and no screen shows. */
export async function ask<T>(bridge: Bridge, command: string, given: unknown = {}): Promise<T> {
  const { origin, searchParams } = new URL(bridge.url)
  const answer = await fetch(`${origin}/ipc/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-attune-token': searchParams.get('token') ?? '' },
    body: JSON.stringify(given),
  })
  if (!answer.ok) throw new Error(`${command} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}

/** Somebody in the sample practice who has agreed in writing to be recorded, or who has not. */
export async function somebody(bridge: Bridge, agreed: boolean): Promise<{ id: string; name: string }> {
  const found = await ask<PatientFound[]>(bridge, 'patients_find', { query: '', standing: 'active' })
  for (const { patient } of found) {
    const consents = await ask<Consent[]>(bridge, 'consents_list', { patient: patient.id })
    if (consents.some((each) => each.live) === agreed) return patient
  }
  throw new Error(`nobody in the sample practice has ${agreed ? '' : 'not '}agreed`)
}

/** Starts recording on somebody's chart with the two keys it takes, and waits until something is kept. */
export async function record(page: Page, bridge: Bridge, words: Words = inEnglish): Promise<{ id: string; name: string }> {
  const patient = await somebody(bridge, true)
  await visit(page, `/patients/${patient.id}`)
  await expect(page.getByRole('heading', { level: 1, name: patient.name })).toBeVisible()
  await page.keyboard.press('r')
  await expect(page.getByRole('button', { name: words.t('recording.they_agree') })).toBeFocused()
  await page.keyboard.press('Enter')
  await kept(page, words)
  return patient
}

/** "Record" on a chart, with its key on it or without. */
export function recordButton(page: Page, words: Words = inEnglish): Locator {
  return page.locator('main').getByRole('button', { name: words.t('recording.record') })
}

/** The recording light. */
export function light(page: Page, words: Words = inEnglish): Locator {
  return page.getByRole('region', { name: words.t('recording.light'), exact: true })
}

/** Waits until at least a second has been kept. */
export async function kept(page: Page, words: Words = inEnglish): Promise<void> {
  await expect(light(page, words).getByRole('timer')).toHaveText(/0:0[1-9]/)
}

/** A file as someone would choose it. */
export function csv(text: string | Buffer, name = 'people.csv') {
  return { name, mimeType: 'text/csv', buffer: typeof text === 'string' ? Buffer.from(text) : text }
}
