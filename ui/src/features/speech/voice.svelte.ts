/** The clinician's own voice, remembered on this computer so that each transcript knows who is who. */
import { asFault, call, type FaultError } from '../../backend/call'
import { commands, type VoiceState } from '../../bindings'

export class Voice {
  now = $state.raw<VoiceState | null>(null)
  fault = $state.raw<FaultError | null>(null)

  async load(): Promise<void> {
    try {
      this.now = await call(commands.voiceState())
      this.fault = null
    } catch (thrown) {
      this.fault = asFault(thrown)
    }
  }

  async forget(): Promise<void> {
    this.now = await call(commands.voiceForget())
  }
}
