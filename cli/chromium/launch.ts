// A headless Chromium with WebGPU.
import { chromium, type Browser } from 'playwright';
import { chromiumLaunchOptions, findChromium } from '../../scripts/chromium.mjs';

/** @throws Error where there is none, or it cannot be started */
export async function launchChromium(): Promise<Browser> {
  if (findChromium() === undefined) {
    throw new Error(
      'webgpu needs Chrome or Chromium: install one, or set CHROME_PATH to where it is',
    );
  }
  const options = chromiumLaunchOptions();
  // The processor takes the place of a GPU only where there is none.
  const args = options.args?.filter((option) => !option.startsWith('--use-webgpu-adapter'));
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  try {
    return await chromium.launch({ ...options, ...signals, ...(args && { args }) });
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new Error(`webgpu: Chromium cannot be started (${reason})`, { cause: error });
  }
}
