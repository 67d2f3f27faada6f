/** A short, soft sound for a new message. Made here: nothing is fetched for it. */

let context: AudioContext | null = null;

export function chime(): void {
  try {
    context ??= new AudioContext();
    const now = context.currentTime;
    for (const [tone, after] of [[660, 0], [880, 0.12]] as const) {
      const oscillator = context.createOscillator();
      const loudness = context.createGain();
      oscillator.frequency.value = tone;
      loudness.gain.setValueAtTime(0.0001, now + after);
      loudness.gain.exponentialRampToValueAtTime(0.08, now + after + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.0001, now + after + 0.3);
      oscillator.connect(loudness).connect(context.destination);
      oscillator.start(now + after);
      oscillator.stop(now + after + 0.32);
    }
  } catch {
    // no sound on this machine
  }
}
