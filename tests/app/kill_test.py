"""kill -9 at 50 random moments, then run again: output, dead letters and state as those of an undisturbed run."""

import os
import random
import subprocess
import time

from support import BINARY, Case, main

KILLS = 50
ROUNDS_MAX = 400  # a machine so fast that no kill meets a run would otherwise try for ever


class Kill(Case):
    ARGUMENTS = ("--until", "2026-12-15", "--commit-every", "40")

    def outcome(self, state, out):
        return self.read(out), self.read(f"{state}/dead-letters.ndjson"), self.state_hash(state)

    def test_killed_at_random_moments_ends_as_if_undisturbed(self):
        seed = int(os.environ.get("MEDVERKA_SEED", time.time_ns()))
        print(f"MEDVERKA_SEED={seed}")
        chance = random.Random(seed)
        self.generate(patients=60, years=2)
        begun = time.monotonic()
        self.expect(0, *self.run_arguments("journal.ndjson", "whole", "whole.ndjson"), *self.ARGUMENTS)
        length_s = time.monotonic() - begun
        undisturbed = self.outcome("whole", "whole.ndjson")
        self.assertGreater(undisturbed[0].count(b"\n"), 5)
        self.assertGreater(undisturbed[1].count(b"\n"), 5)

        kills = 0
        for number in range(ROUNDS_MAX):
            if kills >= KILLS:
                break
            state, out = f"state{number}", f"out{number}.ndjson"
            kills += self.kill_until_done(state, out, chance, length_s)
            # Whatever was left undone, this run does; a run that was done does nothing.
            self.expect(0, *self.run_arguments("journal.ndjson", state, out), *self.ARGUMENTS)
            for what, ended, wanted in zip(("output", "dead letters", "state"), self.outcome(state, out), undisturbed):
                self.assertEqual(ended, wanted, f"{what} differ after kills, MEDVERKA_SEED={seed}")
        self.assertGreaterEqual(kills, KILLS)

    def kill_until_done(self, state, out, chance, length_s):
        """How many runs were killed before one came to its end, or before five were."""
        killed = 0
        for _ in range(5):
            running = subprocess.Popen([BINARY, *self.run_arguments("journal.ndjson", state, out), *self.ARGUMENTS],
                                       cwd=self.folder, stderr=subprocess.DEVNULL)
            try:
                running.wait(timeout=chance.uniform(0, length_s))
                self.assertEqual(running.returncode, 0)
                return killed
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
                killed += 1
        return killed


if __name__ == "__main__":
    main()
