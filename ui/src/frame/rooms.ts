/** Which screens there are, at which address, and who meets them.
 *
 *  Each slice says so itself in `features/<slice>/rooms.ts`, by exporting `rooms`; they are gathered here, so
 *  adding a slice never edits the frame. The frame knows a screen by its path, its line in the sidebar and its
 *  commands, and refuses to know anything else about it. */
import type { Component } from 'svelte'
import type { ProfileKind } from '../bindings'
import type { Key } from '../words/words'
import { match } from './router.svelte'

export type Room = {
  /** "/patients/:patient": the part arrives at the page as the prop `patient`. */
  path: `/${string}`
  // A page's props are the parts of its own path, which differ from page to page.
  page: Component<any>
  /** Whose profile has it. */
  kinds: ProfileKind[]
  /** Its line in the sidebar; screens reached from another screen have none. */
  nav?: { label: Key; icon: Component; order: number }
  /** What the palette and the keyboard offer from anywhere. */
  commands?: { label: Key; icon: Component; key?: string; run: () => void }[]
}

type Listed = Room & { nav: NonNullable<Room['nav']> }

const slices = import.meta.glob<{ rooms: Room[] }>('../features/*/rooms.ts', { eager: true })
// Fixed paths stand before open ones, so that "/patients/new" is not taken for a person.
const all = Object.values(slices)
  .flatMap(({ rooms }) => rooms)
  .sort((a, b) => openParts(a.path) - openParts(b.path))

export function roomsOf(kind: ProfileKind): Room[] {
  return all.filter((room) => room.kinds.includes(kind))
}

/** The lines of the sidebar, top to bottom. */
export function sidebar(kind: ProfileKind): Listed[] {
  return roomsOf(kind)
    .filter((room): room is Listed => room.nav !== undefined)
    .sort((a, b) => a.nav.order - b.nav.order)
}

/** The room at a path, with the parts of the path. */
export function roomAt(kind: ProfileKind, path: string): { room: Room; parts: Record<string, string> } | null {
  for (const room of roomsOf(kind)) {
    const parts = match(room.path, path)
    if (parts !== null) return { room, parts }
  }
  return null
}

function openParts(path: string): number {
  return path.split(':').length - 1
}
