/** Sending sound away to be written down: off until somebody switches it on, and the key never comes back to the
 *  screen. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, type RemoteTranscription } from '../../bindings'

type Answer = ReturnType<typeof commands.remoteRead>

export class Remote {
  now = $state.raw<RemoteTranscription | null>(null)
  fault = $state.raw<FaultError | null>(null)

  async load(): Promise<void> {
    try {
      this.now = await call(commands.remoteRead())
      this.fault = null
    } catch (thrown) {
      this.fault = asFault(thrown)
    }
  }

  /** Where to, and with which model; whether it is on stays as it is. */
  address(endpoint: string, model: string): Promise<void> {
    return this.#change({ on: this.now?.on ?? false, endpoint: endpoint.trim(), model: model.trim() })
  }

  switch(on: boolean): Promise<void> {
    return this.#change({ on, endpoint: this.now?.endpoint ?? '', model: this.now?.model ?? '' })
  }

  setKey(key: string): Promise<void> {
    return this.#put(commands.remoteKeySet(key.trim()))
  }

  clearKey(): Promise<void> {
    return this.#put(commands.remoteKeyClear())
  }

  #change(to: Omit<RemoteTranscription, 'hasKey'>): Promise<void> {
    return this.#put(commands.remoteChange(to))
  }

  async #put(answer: Answer): Promise<void> {
    this.now = await call(answer)
  }
}

/** Whose computer that is, as a person knows it: "speech.example.org". What is no address is shown as it was typed. */
export function hostOf(endpoint: string): string {
  try {
    return new URL(endpoint).host
  } catch {
    return endpoint
  }
}
