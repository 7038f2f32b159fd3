/** The one way a screen asks Rust for something: `await call(commands.patientsFind('', 'active'))`.
 *
 *  The generated commands answer with `{status}`; here an error becomes a thrown `FaultError`, so that
 *  state classes read top to bottom and a fault nobody caught still reaches the error boundary. It never
 *  turns a fault into a sentence (that is `words`) and never retries: only a person decides to. */
import type { Code, Fault } from '../bindings'

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: Fault }

/** Shown when the failure happened before Rust could write a reference to the log. */
export const NO_REFERENCE = '--------'

/** A failure with a code the screen can tell apart and the reference the local log knows it by. */
export class FaultError extends Error {
  readonly code: Code
  readonly reference: string

  constructor({ code, reference }: Fault) {
    // The message holds no sentence: it is what a stack trace or a console may show.
    super(`${code} ${reference}`)
    this.name = 'FaultError'
    this.code = code
    this.reference = reference
  }
}

export async function call<T>(answer: Promise<Answer<T>>): Promise<T> {
  let heard: Answer<T>
  try {
    heard = await answer
  } catch {
    // The command never reached Rust, or Rust died in it. What was thrown may quote arguments, and
    // arguments are a person's words: only the code goes on.
    throw new FaultError({ code: 'unexpected', reference: NO_REFERENCE })
  }
  if (heard.status === 'ok') return heard.data
  throw new FaultError(isFault(heard.error) ? heard.error : { code: 'unexpected', reference: NO_REFERENCE })
}

/** Whatever was thrown, as a fault: for `catch` blocks and error boundaries. */
export function asFault(thrown: unknown): FaultError {
  return thrown instanceof FaultError ? thrown : new FaultError({ code: 'unexpected', reference: NO_REFERENCE })
}

function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'code' in value && 'reference' in value
}
