/** Builds the window's page and runs its unit tests.
 *
 *  `VITE_BRIDGE=1` builds the variant that talks to the development bridge; without it the bridge is a
 *  dead branch and none of it reaches the release bundle. */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  clearScreen: false,
  // Said even when unset, so that the branch that imports the bridge is removed and not merely skipped.
  define: { 'import.meta.env.VITE_BRIDGE': JSON.stringify(process.env['VITE_BRIDGE'] ?? '') },
  server: { port: 5173, strictPort: true },
  // The oldest engine a supported system ships is macOS 12's WebKit.
  build: { target: 'safari15', sourcemap: false, chunkSizeWarningLimit: 700 },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts'] },
})
