/** Where the settings can be entered. They stand at the foot of the sidebar, which draws their line itself. */
import type { Room } from '../../frame/rooms'
import SettingsPage from './SettingsPage.svelte'

export const rooms: Room[] = [{ path: '/settings', page: SettingsPage, kinds: ['practice', 'personal'] }]
