"""AMR on standard input becomes WAV on standard output. A program of its own, see `voices`: it reads what
strangers sent, so it gets neither secrets nor files, and little time and memory.

Exits with 1 where that is no voice message, or too long a one.
"""

import contextlib
import resource
import sys
import wave
from io import BytesIO

import av

CPU_SECONDS = 20  # an hour of speech takes one
MEMORY = 1 << 30  # bytes of addresses: the libraries alone map half of it
LONGEST = 15 * 60  # seconds of speech: 15 MB as WAV, 30 of the wide-band kind


def decoded(given: bytes) -> bytes:
    out = BytesIO()
    with av.open(BytesIO(given), mode="r", format="amr") as source, wave.open(out, "wb") as sound:
        stream = source.streams.audio[0]
        rate = stream.rate
        resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        left = LONGEST * rate
        with contextlib.suppress(av.FFmpegError):  # of one that was cut off, what there is
            for frame in source.decode(stream):
                for piece in resampler.resample(frame):
                    left -= piece.samples
                    if left < 0:
                        raise ValueError("too long")
                    sound.writeframes(piece.to_ndarray().tobytes())
        if left == LONGEST * rate:
            raise ValueError("nothing to hear")
    return out.getvalue()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # macOS knows no limit of addresses
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        wav = decoded(sys.stdin.buffer.read())
    except (av.FFmpegError, ValueError, IndexError, MemoryError) as error:
        sys.exit(f"{type(error).__name__}")
    sys.stdout.buffer.write(wav)


if __name__ == "__main__":
    main()
