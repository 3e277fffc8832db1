"""A plain Monte Carlo of photons in layers of any index: slow, noisy, and written from nothing but the definitions."""

from __future__ import annotations

import numpy as np


def photons(layers, n_above, n_below, count, rng):
    """Return (specular, diffuse reflectance, transmittance) of a collimated beam and their standard errors."""
    edges = np.concatenate([[0.0], np.cumsum([x.thickness_m for x in layers])])
    index = np.array([n_above, *(x.n for x in layers), n_below])
    mua = np.array([x.mua_per_m for x in layers])
    mus = np.array([x.mus_per_m for x in layers])
    g = np.array([x.g for x in layers])
    r0 = ((index[1] - index[0]) / (index[1] + index[0])) ** 2
    layer, depth = np.zeros(count, dtype=int), np.zeros(count)
    cosine, weight = np.ones(count), np.full(count, 1.0 - r0)
    free = -np.log(rng.random(count))
    back, through = np.zeros(count), np.zeros(count)
    alive = np.arange(count)
    while len(alive):
        i = layer[alive]
        total = mua[i] + mus[i]
        down = cosine[alive] > 0
        wall = np.where(down, edges[i + 1], edges[i])
        to_wall = (wall - depth[alive]) / cosine[alive]
        step = np.divide(free[alive], total, out=np.full(len(alive), np.inf), where=total > 0)
        hits = to_wall <= step
        depth[alive] = np.where(hits, wall, depth[alive] + step * cosine[alive])
        free[alive] = np.where(hits, free[alive] - np.where(total > 0, to_wall * total, 0.0), free[alive])
        _cross(alive[hits], layer, cosine, weight, index, back, through, len(layers), rng)
        _scatter(alive[~hits], layer, cosine, weight, free, mua, mus, g, rng)
        done = (layer[alive] < 0) | (layer[alive] >= len(layers)) | (weight[alive] <= 0)
        alive = alive[~done]
    error = [float(x.std() / np.sqrt(count)) for x in (back, through)]
    return r0, float(back.mean()), float(through.mean()), error


def _cross(who, layer, cosine, weight, index, back, through, layers, rng):
    down = cosine[who] > 0
    here, there = index[layer[who] + 1], index[layer[who] + np.where(down, 2, 0)]
    mu = np.abs(cosine[who])
    sine = here / there * np.sqrt(1.0 - mu**2)
    nu = np.sqrt(np.clip(1.0 - sine**2, 0.0, None))
    rs, rp = (here * mu - there * nu) / (here * mu + there * nu), (here * nu - there * mu) / (here * nu + there * mu)
    turned = rng.random(len(who)) < np.where(sine >= 1.0, 1.0, 0.5 * (rs**2 + rp**2))
    cosine[who] = np.where(turned, -cosine[who], np.sign(cosine[who]) * nu)
    layer[who] = np.where(turned, layer[who], layer[who] + np.where(down, 1, -1))
    out = layer[who] < 0
    back[who[out]] += weight[who[out]]
    gone = layer[who] >= layers
    through[who[gone]] += weight[who[gone]]


def _scatter(who, layer, cosine, weight, free, mua, mus, g, rng):
    i = layer[who]
    weight[who] *= mus[i] / (mua[i] + mus[i])
    dim = weight[who] < 1e-3
    kept = rng.random(len(who)) < 0.1
    weight[who] = np.where(dim, np.where(kept, weight[who] * 10.0, 0.0), weight[who])
    u = rng.random(len(who))
    flat = np.abs(g[i]) < 1e-6
    safe = np.where(flat, 1.0, g[i])
    turn = np.where(flat, 2 * u - 1, (1 + safe**2 - ((1 - safe**2) / (1 - safe + 2 * safe * u)) ** 2) / (2 * safe))
    phi = 2.0 * np.pi * rng.random(len(who))
    mu = cosine[who]
    cosine[who] = np.clip(
        mu * turn + np.sqrt(1 - mu**2) * np.sqrt(np.clip(1 - turn**2, 0, None)) * np.cos(phi), -1 + 1e-12, 1 - 1e-12
    )
    free[who] = -np.log(rng.random(len(who)))
