/** Bringing people in from a file: choosing it, seeing what each row would become, and doing it.
 *
 *  The file's bytes go to Rust as they are, because guessing an encoding in two places would give two guesses.
 *  Nothing is written before a person has seen the preview. The report after the import has the same rows, so that
 *  what was promised and what was done can be compared. */
import { asFault, call, FaultError } from '../../backend/call'
import { commands, type ImportReport } from '../../bindings'

/** A larger file is refused unread: it is no list of patients, and reading it would hold up the window. */
export const LARGEST = 8 * 1024 * 1024

/** Where the import stands. Each step has exactly what its screen shows. */
type Step =
  | { name: 'choosing' }
  | { name: 'reading'; file: string }
  | { name: 'preview'; file: string; report: ImportReport }
  | { name: 'importing'; file: string; report: ImportReport }
  | { name: 'done'; file: string; report: ImportReport }

export class Importing {
  step = $state.raw<Step>({ name: 'choosing' })
  fault = $state.raw<FaultError | null>(null)
  /** Whether rows that resemble a known person are brought in as well. */
  withDuplicates = $state(false)

  readonly report = $derived('report' in this.step ? this.step.report : null)
  readonly willImport = $derived(
    this.report === null ? 0 : this.report.ready + (this.withDuplicates ? this.report.duplicates : 0),
  )

  #bytes = ''

  async choose(file: File): Promise<void> {
    this.fault = null
    this.withDuplicates = false
    this.step = { name: 'reading', file: file.name }
    try {
      if (file.size > LARGEST) throw new FaultError({ code: 'csv_too_large', reference: '--------' })
      this.#bytes = await base64(file)
      const report = await call(commands.patientsImportPreview(this.#bytes))
      this.step = { name: 'preview', file: file.name, report }
    } catch (thrown) {
      this.#bytes = ''
      this.step = { name: 'choosing' }
      this.fault = asFault(thrown)
    }
  }

  async importAll(): Promise<void> {
    if (this.step.name !== 'preview') return
    const { file, report: promised } = this.step
    this.fault = null
    this.step = { name: 'importing', file, report: promised }
    try {
      const report = await call(commands.patientsImport(this.#bytes, this.withDuplicates))
      this.#bytes = ''
      this.step = { name: 'done', file, report }
    } catch (thrown) {
      // All rows go in together or none does, so the preview is still true.
      this.step = { name: 'preview', file, report: promised }
      this.fault = asFault(thrown)
    }
  }

  again(): void {
    this.#bytes = ''
    this.fault = null
    this.step = { name: 'choosing' }
  }
}

/** The browser writes base64 itself, off the thread the window is drawn on. */
function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''))
    reader.onerror = () => reject(new FaultError({ code: 'file_missing', reference: '--------' }))
    reader.readAsDataURL(file)
  })
}
