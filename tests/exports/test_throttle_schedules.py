"""A thousand schedules of requests, let through as a plain model says."""

from collections import defaultdict
from random import Random
from uuid import uuid4

from exports.throttles import Local, Shared


def allowed_by_model(times: list[float], *, limit: int, window: float) -> list[bool]:
    """Each is let through unless so many before it were, less than a window ago."""
    let_through: list[float] = []
    verdicts = []
    for now in times:
        recent = [each for each in let_through if now - each < window]
        verdicts.append(len(recent) < limit)
        if verdicts[-1]:
            let_through.append(now)
    return verdicts


def schedule(random: Random, *, window: int) -> list[int]:
    """Moments of up to 25 requests, in bursts and at the windows' very edges."""
    steps = (0, 1, window // 5, window - 1, window, window + 1)
    moments, now = [], 0
    for _ in range(random.randint(6, 25)):
        edge = random.random() < 0.5
        now += random.choice(steps) if edge else random.randint(0, window // 2)
        moments.append(now)
    return moments


def test_thousand_schedules_of_requests_agree_with_the_model(clock):
    random, local = Random(7), Local(clock)
    for number in range(1000):
        moments = schedule(random, window=60)
        verdicts = []
        for moment in moments:
            clock.now = float(moment)
            verdicts.append(local.hit(str(number), 5, seconds=60).allowed)

        assert verdicts == allowed_by_model(moments, limit=5, window=60), moments


def test_thousand_schedules_in_redis_agree_with_the_model(redis_url):
    """Redis' own clock: the moments are those that it tells of each hit."""
    random, shared, run = Random(7), Shared(redis_url), uuid4()
    keys: list[int] = []
    for first in range(0, 1000, 50):
        some = [key for key in range(first, first + 50) for _ in range(12)]
        random.shuffle(some)
        keys += some
    told = defaultdict(list)

    for key in keys:
        verdict = shared.hit(f"{run}:{key}", 5, seconds=0.03)
        told[key].append((round(verdict.now * 1_000_000), verdict.allowed))

    for verdicts in told.values():
        moments, allowed = map(list, zip(*verdicts, strict=True))
        assert allowed == allowed_by_model(moments, limit=5, window=30_000)
    assert {allowed for hits in told.values() for _, allowed in hits} == {True, False}
