/** Every screen there is, as walks through the application.
 *
 *  A walk knows how to reach each screen and tells `look` when it stands there. What is looked at differs: axe, the
 *  test language, the narrow window and the pictures all take the same walks, so a new screen is added here once
 *  and is then held to everything. */
import { expect, type Page } from '@playwright/test'
import type { PatientFound, Session } from '../src/bindings'
import type { Bridge } from './bridge'
import { ask, csv, enrol, kept, light, lock, openSample, PASSWORD, recordButton, somebody, start, unlock, visit } from './steps'
import type { Words } from './words'
import { text } from './written'

/** Called on every screen, once it is whole. */
export type Look = (screen: string) => Promise<void>
type Tour = (page: Page, bridge: Bridge, words: Words, look: Look) => Promise<void>

export const LIST = `Name,E-mail,Phone,Date of birth,Shoe size
Ada Brandt,ada@example.org,+46 70 123 45 67,1988-03-02,38
,nobody@example.org,,,
Noor Haddad,not an address,,,41
Ida Holm,,,2189-01-01,
`

/** From an application nobody has used to an empty practice. */
export const firstRun: Tour = async (page, bridge, words, look) => {
  const { t } = words
  await start(page, bridge)
  await enrol(page, { kind: 'practice', name: 'Ingrid Lindqvist' }, words, look)
  await expect(page.getByRole('heading', { name: t('home.start_title') })).toBeVisible()
  await look('today, empty practice')
  await visit(page, '/patients')
  await expect(page.getByRole('heading', { name: t('patients.empty_title') })).toBeVisible()
  await look('patients, empty')
  await page.getByRole('tab', { name: t('patients.archived') }).click()
  await expect(page.getByRole('heading', { name: t('patients.archived_empty_title') })).toBeVisible()
  await look('patients, none archived')
}

/** The lock and every way around it. */
export const beforeTheDoor: Tour = async (page, bridge, words, look) => {
  const { t } = words
  await start(page, bridge)
  await look('lock')
  await page.getByLabel(t('desk.password'), { exact: true }).fill('not the password')
  await page.getByRole('button', { name: t('desk.unlock'), exact: true }).click()
  await expect(page.getByLabel(t('desk.password'), { exact: true })).toHaveAttribute('aria-invalid', 'true')
  await look('lock, wrong password')
  await page.getByRole('button', { name: t('desk.use_kit') }).click()
  await expect(page.getByRole('heading', { name: t('recover.title') })).toBeVisible()
  await look('recovery')
  await page.getByRole('button', { name: t('desk.back'), exact: true }).click()
  await page.getByRole('button', { name: t('desk.someone_else') }).click()
  await expect(page.getByRole('heading', { name: t('desk.who') })).toBeVisible()
  await look('who is here')
  await page.getByRole('button', { name: t('desk.restore_link') }).click()
  await expect(page.getByRole('heading', { name: t('restore.title') })).toBeVisible()
  await look('restore')
  await page.getByRole('button', { name: t('desk.back'), exact: true }).click()
  await page.getByRole('button', { name: t('safety.help') }).click()
  await expect(page.getByRole('dialog').getByRole('link').first()).toBeVisible()
  await look('help, locked')
}

/** A clinician's day in the sample practice. */
export const clinician: Tour = async (page, bridge, words, look) => {
  const { t } = words
  await openSample(page, bridge, words)
  await expect(page.getByRole('heading', { name: t('home.since_yesterday') })).toBeVisible()
  await look('today')
  const [first] = await ask<PatientFound[]>(bridge, 'patients_find', { query: '', standing: 'active' })
  if (first === undefined) throw new Error('the sample practice has nobody in it')
  const { id, name } = first.patient

  await visit(page, '/patients')
  await expect(page.locator('[data-row]').first()).toBeVisible()
  await look('patients')
  const search = page.getByRole('searchbox', { name: t('patients.search') })
  await search.fill(name.slice(0, 3))
  await expect(page.locator('[data-row]').first()).toContainText(name)
  await look('patients, found')
  await search.fill('zzzyzx')
  await expect(
    page.getByRole('heading', { name: t('patients.none_title', { query: 'zzzyzx' }) }),
  ).toBeVisible()
  await look('patients, nobody found')

  await visit(page, `/patients/${id}`)
  await expect(page.locator('canvas')).toBeVisible()
  await look('chart')
  await page.getByRole('button', { name: t('moods.as_table') }).click()
  await expect(page.getByRole('table')).toBeVisible()
  await page.getByRole('button', { name: t('moods.when_open') }).click()
  await page.getByRole('radio', { name: t('moods.when_yesterday') }).click()
  await look('chart, table and another day')
  await page.getByRole('button', { name: t('patients.more'), exact: true }).click()
  await expect(page.getByRole('menu')).toBeVisible()
  await look('chart, menu')
  await page.keyboard.press('Escape')
  await visit(page, `/patients/${id}/edit`)
  await expect(page.getByLabel(t('patients.name'), { exact: true })).toHaveValue(name)
  await look('edit')

  await visit(page, '/patients/new')
  await page.getByLabel(t('patients.name'), { exact: true }).fill(name)
  await page.locator('input[name=email]').fill('not an address')
  await expect(page.getByText(t('patients.resembling', { count: 1 }))).toBeVisible()
  await page.getByRole('button', { name: t('patients.save_new') }).click()
  await expect(page.locator('input[name=email]')).toHaveAttribute('aria-invalid', 'true')
  await look('new, warned and refused')

  await visit(page, '/patients/import')
  await expect(page.getByText(t('patients.drop'))).toBeVisible()
  await look('import')
  await page.locator('input[type=file]').setInputFiles(csv('Colour,Price\nA,1\n'))
  await expect(page.getByRole('alert')).toBeVisible()
  await look('import, refused')
  await page.locator('input[type=file]').setInputFiles(csv(`${LIST}${name},,,,\n`))
  await expect(page.getByRole('table')).toBeVisible()
  await look('import, preview')
  await page.getByRole('button', { name: words.like('patients.import_go', { count: 1 }) }).click()
  await expect(page.getByRole('button', { name: t('patients.report') })).toBeVisible()
  await look('import, done')

  await visit(page, '/settings')
  await expect(page.getByRole('heading', { name: t('settings.about') })).toBeVisible()
  await look('settings')
  await visit(page, '/gallery')
  await expect(page.getByRole('heading', { level: 1, name: t('gallery.title') })).toBeVisible()
  await look('gallery')

  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('dialog').getByRole('combobox').fill(name.slice(0, 3))
  await expect(page.getByRole('option', { name, exact: true })).toBeVisible()
  await look('palette')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: t('frame.keys_title') })).toBeVisible()
  await look('keys')
  await page.keyboard.press('Escape')

  await theModels(page, bridge, words, look)
  await aSession(page, bridge, words, look)

  await visit(page, '/patients/0190a0a0-0000-7000-8000-000000000000')
  await expect(page.getByRole('alert')).toBeVisible()
  await look('chart, gone')
  await visit(page, '/nowhere')
  await expect(page.getByRole('heading', { name: t('frame.no_room') })).toBeVisible()
  await look('no such address')
  await visit(page, `/patients/${id}`)
  await page.getByRole('button', { name: t('patients.more'), exact: true }).click()
  await page.getByRole('menuitem', { name: t('patients.archive') }).click()
  await expect(page.getByRole('button', { name: t('patients.restore') })).toBeVisible()
  await look('chart, archived')
}

/** A session from the first question to the deleted sound. */
const aSession: Tour = async (page, bridge, words, look) => {
  const { t } = words
  const panel = async (patient: string) => {
    await visit(page, `/patients/${patient}`)
    await recordButton(page, words).click()
    await expect(page.getByRole('dialog')).toBeVisible()
  }
  const lately = await ask<Session[]>(bridge, 'sessions_lately', { limit: 100 })
  const heard = lately.find(({ recordings }) => recordings.length > 0)
  await visit(page, `/sessions/${heard?.id}`)
  await expect(page.getByRole('slider', { name: t('player.place') })).toBeVisible()
  await expect(text(page, words)).toBeVisible({ timeout: 90_000 })
  await look('session, to listen to')
  await theWords(page, bridge, words, look)

  await panel((await somebody(bridge, false)).id)
  await expect(page.getByLabel(t('consents.signed_by'))).toBeVisible()
  await look('start, consent asked for')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()

  await panel((await somebody(bridge, true)).id)
  await expect(page.getByRole('button', { name: t('recording.they_agree') })).toBeFocused()
  await expect(page.getByText(t('recording.probe.good'))).toBeVisible()
  await look('start')
  await page.keyboard.press('Enter')
  await kept(page, words)
  await look('recording')
  await page.keyboard.press('t')
  await expect(page.getByRole('region', { name: t('recording.live_title') })).toBeVisible()
  await look('recording, the words')
  await page.keyboard.press('t')
  await page.keyboard.press('b')
  await expect(page.getByRole('textbox', { name: words.like('recording.bookmark_at') })).toBeFocused()
  await look('recording, a bookmark')
  await page.keyboard.type('her sister')
  await page.keyboard.press('Enter')
  await page.keyboard.press('p')
  await expect(light(page, words)).toContainText(t('recording.paused.private'))
  await look('recording, private moment')
  await page.keyboard.press('p')
  await expect(light(page, words)).toContainText(t('recording.on'))
  await page.keyboard.press('ControlOrMeta+b')
  await expect(page.getByRole('button', { name: t('frame.show') })).toBeFocused()
  await look('recording, hidden')
  await page.keyboard.press('ControlOrMeta+b')
  await lock(page, words)
  await expect(light(page, words)).toContainText(t('recording.locked'))
  await look('recording, locked')
  await unlock(page, words)
  await visit(page, '/sessions')
  await expect(page.getByRole('heading', { level: 1, name: t('sessions.title') })).toBeVisible()
  await look('sessions, one under way')

  await light(page, words).getByRole('button', { name: t('recording.stop') }).click()
  await expect(page.getByRole('slider', { name: t('player.place') })).toBeVisible()
  await page.getByText(t('sessions.details')).click()
  await look('session')
  await page.getByRole('button', { name: t('sessions.edit'), exact: true }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await look('session, details')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  const more = page.getByRole('button', { name: t('sessions.more') })
  await more.click()
  await page.getByRole('menuitem', { name: t('sessions.export') }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await look('session, saved as a file')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await more.click()
  await page.getByRole('menuitem', { name: t('sessions.delete') }).click()
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await look('session, deleting the sound')
  await page.getByRole('button', { name: t('sessions.delete_deed') }).click()
  await expect(page.getByText(t('sessions.standing.deleted'))).toBeVisible()
  await look('session, sound deleted')
}

/** What was said in the session that is open: read, found in, put right, carried away and deleted. */
const theWords: Tour = async (page, _, words, look) => {
  const { t } = words
  const turns = text(page, words).locator('[data-line]')
  await turns.nth(1).focus()
  await page.keyboard.press('ArrowRight')
  await look('transcript, at a word')
  await page.keyboard.press('e')
  await expect(page.getByRole('textbox')).toBeFocused()
  await look('transcript, put right')
  await page.keyboard.type('!')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(page.getByRole('textbox')).toBeHidden()
  await turns.nth(1).getByRole('button', { name: t('transcripts.history') }).click()
  await expect(page.getByRole('button', { name: t('transcripts.undo_newest') })).toBeEnabled()
  await look('transcript, history')
  await page.keyboard.press('Escape')
  await page.keyboard.press('/')
  await page.keyboard.type('panic')
  await expect(page.locator('[data-word].chosen').first()).toBeVisible()
  await look('transcript, found')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: t('transcripts.who_spoke') }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await look('transcript, who spoke')
  await page.keyboard.press('Escape')
  const more = page.getByRole('button', { name: t('transcripts.more') })
  for (const [what, screen] of [
    ['export', 'saved as a file'],
    ['another', 'another model'],
  ] as const) {
    await more.click()
    await page.getByRole('menuitem', { name: t(`transcripts.${what}`) }).click()
    await expect(page.getByRole('dialog').getByRole('radiogroup')).toBeVisible()
    await look(`transcript, ${screen}`)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
  }
  await more.click()
  await page.getByRole('menuitem', { name: t('transcripts.delete') }).click()
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await look('transcript, deleting')
  await page.getByRole('button', { name: t('transcripts.delete_deed') }).click()
  await expect(page.getByText(t('transcripts.deleted_stays'))).toBeVisible()
  await look('transcript, deleted')
}

/** What writes sessions down, and what may leave this computer. */
const theModels: Tour = async (page, _, words, look) => {
  const { t } = words
  await visit(page, '/speech')
  await expect(page.getByText(t('speech.remote_where'))).toBeVisible()
  await look('speech')
  const all = page.getByRole('button', { name: t('speech.all') })
  if (await all.isVisible()) await all.click()
  await expect(page.getByRole('heading', { name: t('speech.class.careful') })).toBeVisible()
  await page.getByText(t('speech.remote_where')).click()
  await expect(page.getByLabel(t('speech.remote_endpoint'))).toBeVisible()
  await look('speech, all models and sending away')
}

/** A patient's own application, from the first run to a logged mood. */
export const patient: Tour = async (page, bridge, words, look) => {
  const { t } = words
  await start(page, bridge)
  await enrol(page, { kind: 'personal', name: 'Maya' }, words)
  await expect(page.getByRole('radiogroup', { name: t('moods.question_self') })).toBeVisible()
  await look('patient home, first day')
  await page.keyboard.press('6')
  await expect(page.getByRole('button', { name: t('moods.add_word') })).toBeVisible()
  await look('patient home, logged')
  await page.getByRole('button', { name: t('moods.add_word') }).click()
  await page.getByLabel(t('moods.words')).fill('A walk by the river.')
  await look('patient home, a word')
  await page.getByRole('button', { name: t('moods.save_words'), exact: true }).click()
  await visit(page, '/feel')
  await expect(page.locator('canvas')).toBeVisible()
  await look('how I feel')
  await page.getByRole('button', { name: t('safety.help') }).click()
  await expect(page.getByRole('dialog').getByRole('link').first()).toBeVisible()
  await look('help')
  await page.keyboard.press('Escape')
  await page.keyboard.press('ControlOrMeta+b')
  await expect(page.getByRole('button', { name: t('frame.show') })).toBeFocused()
  await look('hidden')
  await page.keyboard.press('ControlOrMeta+b')
  await visit(page, '/settings')
  await expect(page.getByRole('heading', { name: t('settings.about') })).toBeVisible()
  await look('patient settings')
  await lock(page, words)
  await look('patient lock')
  await unlock(page, words, PASSWORD)
}
