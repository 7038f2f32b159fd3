/** What is being written about one person, new or known, before it is saved.
 *
 *  Rust decides what is valid; this puts its answer at the field it is about. While the name, birthday or e-mail
 *  is typed it asks who resembles this person, so that nobody gets a second chart by accident; it warns and never
 *  forbids, because twins and namesakes exist. Empty fields are sent as nothing, not as empty text. */
import { asFault, call, type FaultError } from '../../backend/call'
import { type Code, commands, type NewPatient, type Patient } from '../../bindings'

export type Field = keyof NewPatient

export const FIELDS = [
  'name',
  'preferredName',
  'pronouns',
  'bornOn',
  'reference',
  'email',
  'phone',
  'note',
] as const satisfies Field[]

/** Looking for namesakes waits longer than a search: it interrupts, a list does not. */
const PAUSE = 250

type Written = Record<Field, string>

/** The field a code is about. Two codes say only what is wrong with a text, not which text it was. */
const ABOUT: Partial<Record<Code, Field>> = {
  name_missing: 'name',
  name_too_long: 'name',
  born_invalid: 'bornOn',
  reference_too_long: 'reference',
  email_invalid: 'email',
  phone_invalid: 'phone',
}

export class Draft {
  /** Who is being edited; `null` when the person is new. */
  readonly known: Patient | null
  written = $state<Written>(blank())
  /** What is wrong with a field, until it is changed. */
  wrong = $state<Partial<Record<Field, Code>>>({})
  /** What went wrong with the saving itself. */
  fault = $state.raw<FaultError | null>(null)
  resembling = $state.raw<Patient[]>([])
  saving = $state(false)
  /** What was being written about somebody else when this draft began with a name of its own. It is kept along with
   *  this one until it is brought back. */
  aside = $state<string | null>(null)
  readonly asideName = $derived(this.aside === null ? '' : nameIn(this.aside))

  readonly #start: Written
  readonly changed = $derived(FIELDS.some((field) => this.written[field] !== this.#start[field]))

  readonly #begunWith: string
  #asked = 0
  #pause: ReturnType<typeof setTimeout> | undefined

  constructor(known: Patient | null, name = '') {
    this.known = known
    this.#begunWith = name.trim()
    this.#start = known === null ? blank() : { ...blank(), ...filled(known) }
    this.written = { ...this.#start, ...(known === null ? { name } : {}) }
  }

  write(field: Field, text: string): void {
    this.written[field] = text
    delete this.wrong[field]
    if (!['name', 'preferredName', 'bornOn', 'email', 'phone'].includes(field)) return
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => void this.compare(), PAUSE)
  }

  /** Asks who resembles this person. A failure here is silent: it is advice, and saving will say more. */
  async compare(): Promise<void> {
    clearTimeout(this.#pause)
    const turn = ++this.#asked
    let resembling: Patient[] = []
    if (this.written.name.trim() !== '') {
      try {
        resembling = await call(commands.patientsResembling(this.#toSend(), this.known?.id ?? null))
      } catch {
        resembling = []
      }
    }
    if (turn === this.#asked) this.resembling = resembling
  }

  /** The saved person, or `null` when a field or the store refused; then the draft says which and why. */
  async save(): Promise<Patient | null> {
    if (this.saving) return null
    this.saving = true
    this.wrong = {}
    this.fault = null
    try {
      const sent = this.#toSend()
      const saved = await call(
        this.known === null ? commands.patientsCreate(sent) : commands.patientsEdit(this.known.id, sent),
      )
      this.leave()
      return saved
    } catch (thrown) {
      this.#refused(asFault(thrown))
      return null
    } finally {
      this.saving = false
    }
  }

  /** Everything written, as one text to keep across a lock or a crash. */
  keep(): string {
    return JSON.stringify(this.aside === null ? this.written : { ...this.written, aside: this.aside })
  }

  /** What was kept from an earlier time: taken back at once, unless this draft began with another name. Whoever
   *  asked to add Quintus must not find somebody else in the form. Says whether it was taken back. */
  find(kept: string): boolean {
    if (this.#begunWith !== '' && nameIn(kept) !== this.#begunWith) {
      this.aside = kept
      return false
    }
    this.resume(kept)
    return true
  }

  /** Changes what was set aside for what is written now, so that neither is lost. */
  bringBack(): void {
    const kept = this.aside
    if (kept === null) return
    const now = { ...this.written }
    this.aside = null
    this.written = blank()
    this.wrong = {}
    this.resume(kept)
    this.aside = JSON.stringify(this.aside === null ? now : { ...now, aside: this.aside })
  }

  /** Takes back what was kept. Text from an older form that had other fields is taken as far as it fits. */
  resume(kept: string): void {
    const { fields, aside } = read(kept)
    Object.assign(this.written, fields)
    if (aside !== null) this.aside = aside
    void this.compare()
  }

  leave(): void {
    clearTimeout(this.#pause)
    this.#asked += 1
  }

  #refused(fault: FaultError): void {
    const field = this.#fieldOf(fault.code)
    if (field === null) this.fault = fault
    else this.wrong = { [field]: fault.code }
  }

  #fieldOf(code: Code): Field | null {
    if (code === 'text_unprintable') return FIELDS.find((field) => unprintable(this.written[field])) ?? null
    if (code === 'text_too_long') {
      return FIELDS.reduce((a, b) => (this.written[a].length >= this.written[b].length ? a : b))
    }
    return ABOUT[code] ?? null
  }

  #toSend(): NewPatient {
    const { name, ...rest } = this.written
    const optional = Object.entries(rest).map(([field, text]) => [
      field,
      text.trim() === '' ? null : text.trim(),
    ])
    return { name: name.trim(), ...Object.fromEntries(optional) } as NewPatient
  }
}

function blank(): Written {
  return Object.fromEntries(FIELDS.map((field) => [field, ''])) as Written
}

function filled(patient: Patient): Written {
  return Object.fromEntries(FIELDS.map((field) => [field, patient[field] ?? ''])) as Written
}

function isField(name: string): name is Field {
  return (FIELDS as readonly string[]).includes(name)
}

/** A kept text, as far as it can be read. */
function read(kept: string): { fields: Partial<Written>; aside: string | null } {
  let parsed: unknown
  try {
    parsed = JSON.parse(kept)
  } catch {
    parsed = null
  }
  const texts = Object.entries(parsed ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return {
    fields: Object.fromEntries(texts.filter(([name]) => isField(name))),
    aside: texts.find(([name]) => name === 'aside')?.[1] ?? null,
  }
}

/** Whom a kept text is about; empty if it does not say. */
function nameIn(kept: string): string {
  return read(kept).fields.name?.trim() ?? ''
}

/** Control characters other than the line breaks and tabs a note may hold. */
function unprintable(text: string): boolean {
  return /[^\P{Cc}\n\r\t]/u.test(text)
}
