"""Persons and a device brought together: the grid of their tissue, the light in it, and what their skin meets.

Light is solved once per tissue under unit irradiance; everything after is linear in the irradiance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from irtherapy.body import layers, optics
from irtherapy.body.optics import BodyTables
from irtherapy.body.population import Persons
from irtherapy.device import geometry, spectrum
from irtherapy.dose import heat, light
from irtherapy.values import Device, DeviceKind, Emitter, InputError, Placement, Site, SpectrumKind

Array = NDArray[np.float64]
Part = tuple[Array, Array]
Spread = Callable[[Callable[[slice], Part], Iterable[slice]], Iterable[Part]]

# Cells of each layer and how much each is thicker than the one above it.
CELLS = {"epidermis": (2, 1.0), "dermis": (6, 1.2), "fat": (9, 1.25), "muscle": (12, 1.2), "deep": (2, 1.5)}
RESPONSE = {"constant": heat.CONSTANT, "skin": heat.SKIN, "muscle": heat.MUSCLE, "fat": heat.FAT}
SURFACE_BAND_NM = 2500.0  # beyond, water stops light within the epidermis
SHARE_MIN = 2e-3  # bins with less of the power are left to their neighbours
MERGED_BINS = 16
BATCH = 7680  # persons x wavelengths solved at once: what a core's cache holds
INSENSIBLE_W_M2 = 7.0  # evaporation of dry skin (facts: 5-10)
CLOTH_W_M2_K = 20.0  # one layer of clothing; not verified
UPHOLSTERY_W_M2_K = 15.0  # chair padding and clothing; not verified
CONTACT_W_M2_K = 100.0  # a soft pad on skin, 50-300; not verified
CONTACT_SPREAD_LN = 0.3
PAD_BACK_W_M2_K = 2.0  # heat that leaves through an LED pad; not verified
WARM_SURFACE_SD_K = {"measured": 0.5, "claimed": 0.7, "modelled": 1.0}


@dataclass(frozen=True)
class LightDose:
    """Light under unit irradiance: share absorbed per cell (persons, cells), share reflected (persons,)."""

    absorbed: Array
    reflected: Array


@dataclass(frozen=True)
class Exposure:
    """Persons under a device: tissue, heat released per cell (persons, cells), and the skin's surface on and off."""

    tissue: heat.Tissue
    source_w_m2: Array
    on: heat.Surface
    off: heat.Surface
    irradiance_w_m2: Array
    absorbed_w_m2: Array
    reflected: Array


def fractions(layer: str, refine: int = 1) -> Array:
    """Return the cell faces of a layer as fractions of its thickness, 0 to 1."""
    count, growth = CELLS[layer]
    widths = (growth ** (1.0 / refine)) ** np.arange(count * refine)
    return np.concatenate([[0.0], np.cumsum(widths) / widths.sum()])


def thicknesses_m(persons: Persons) -> Array:
    """Return (persons, layers) thicknesses of the five layers."""
    deep = np.full(len(persons), layers.DEEP_M)
    return np.stack([persons.epidermis_m, persons.dermis_m, persons.fat_m, persons.muscle_m, deep], axis=-1)


def tissue_of(persons: Persons, body: BodyTables, refine: int = 1) -> heat.Tissue:
    """Return the graded grid of the persons' tissue; ``refine`` multiplies the cells of every layer."""
    thick = thicknesses_m(persons)
    dz, k, c, w, q, response = [], [], [], [], [], []
    for i, layer in enumerate(layers.LAYERS):
        widths = np.diff(fractions(layer, refine))
        thermal = body.thermal[layer]
        ones = np.ones((len(persons), len(widths)))
        dz.append(thick[:, i, None] * widths)
        k.append(thermal.conductivity_w_m_k * ones)
        c.append(thermal.heat_capacity_j_m3_k * ones)
        w.append(thermal.perfusion_per_s * persons.perfusion_factor[:, None] * ones)
        q.append(thermal.metabolic_w_m3 * ones)
        response += [RESPONSE[thermal.response]] * len(widths)
    arrays = [np.concatenate(x, axis=-1) for x in (dz, k, c, w, q)]
    return heat.Tissue(
        arrays[0], arrays[1], arrays[2], arrays[3], arrays[4],
        np.array(response), persons.gain, persons.lag_s, persons.core_c,
    )  # fmt: skip


def first_cell(layer: str, refine: int = 1) -> int:
    """Return the index of the first cell of a layer."""
    names = layers.LAYERS[: layers.LAYERS.index(layer)]
    return sum(CELLS[name][0] * refine for name in names)


def muscle_surface_c(tissue: heat.Tissue, temp_c: Array, refine: int = 1) -> Array:
    """Return the temperature of the interface of fat and muscle, (..., persons), from (..., persons, cells)."""
    return tissue.face_c(first_cell("muscle", refine), temp_c)


def spectrum_bins(emitter: Emitter, body: BodyTables, merged: int = MERGED_BINS) -> tuple[Array, Array]:
    """Return (wavelength_nm, share) of the bins that carry power, neighbours merged until at most ``merged`` stay."""
    nm, share = spectrum.shares(emitter, (body.water.wavelength_nm, body.water.absorption_per_m))
    keep = share > SHARE_MIN * share.max() if share.max() > 0 else share > 0
    nm, share = nm[keep], share[keep] / max(share[keep].sum(), 1e-300)
    while np.count_nonzero(nm < SURFACE_BAND_NM) > merged:
        gap = np.diff(np.log(nm)) * (share[1:] + share[:-1])
        gap = np.where((nm[1:] < 1100.0), gap, np.inf)  # bands of water further out are kept apart
        if not np.isfinite(gap.min()):
            break
        i = int(np.argmin(gap))
        both = share[i] + share[i + 1]
        centre = (nm[i] * share[i] + nm[i + 1] * share[i + 1]) / both
        nm = np.concatenate([nm[:i], [centre], nm[i + 2 :]])
        share = np.concatenate([share[:i], [both], share[i + 2 :]])
    return nm, share


def solve_light(persons: Persons, body: BodyTables, nm: Array, nodes: int = 8) -> light.LightField:
    """Return the light of wavelengths ``nm`` in the persons, batch (wavelengths, persons), the deep layer left out."""
    mu_a, mu_s = optics.coefficients(body, nm, persons.melanin, persons.blood_factor, persons.scatter_factor)
    return light.solve(mu_a, mu_s, optics.ANISOTROPY, thicknesses_m(persons)[:, :4], optics.INDEX, nodes=nodes)


def light_dose(
    persons: Persons,
    body: BodyTables,
    emitter: Emitter,
    refine: int = 1,
    nodes: int = 6,
    merged: int = MERGED_BINS,
    spread: Spread = map,
) -> LightDose:
    """Return where the light of a device is absorbed, under unit irradiance.

    ``spread`` works through the batches of persons: ``map``, or the ``map`` of a pool of threads.
    """
    cells = sum(count for count, _ in CELLS.values()) * refine
    absorbed, reflected = np.zeros((len(persons), cells)), np.zeros(len(persons))
    nm, share = spectrum_bins(emitter, body, merged)
    surface = nm >= SURFACE_BAND_NM
    mirrored = float(light.fresnel(np.array(1.0), optics.INDEX))
    absorbed[:, 0] += (1.0 - mirrored) * share[surface].sum()
    reflected += mirrored * share[surface].sum()
    inside = ~surface
    if inside.any():
        size = max(1, BATCH // int(inside.sum()))
        parts = [slice(i, i + size) for i in range(0, len(persons), size)]

        def part(which: slice) -> tuple[Array, Array]:
            return _light_inside(persons.part(which), body, nm[inside], share[inside], refine, nodes)

        for which, (taken, back) in zip(parts, spread(part, parts), strict=True):
            absorbed[which] += taken
            reflected[which] += back
    return LightDose(np.maximum(absorbed, 0.0), reflected)


def _light_inside(
    persons: Persons, body: BodyTables, nm: Array, share: Array, refine: int, nodes: int
) -> tuple[Array, Array]:
    """Return what the light below the surface band adds: (absorbed (persons, cells), reflected (persons,))."""
    mu_a, mu_s = optics.coefficients(body, nm, persons.melanin, persons.blood_factor, persons.scatter_factor)
    faces = [fractions(layer, refine) for layer in optics.LIGHT_LAYERS]
    thick = thicknesses_m(persons)[:, : len(faces)]
    flux, reflected = light.crossing(mu_a, mu_s, optics.ANISOTROPY, thick, optics.INDEX, share, faces, nodes)
    absorbed = [(f[:-1] - f[1:]).T for f in flux]
    below = np.zeros((len(persons), CELLS["deep"][0] * refine))
    below[:, 0] = np.maximum(flux[-1][-1], 0.0)  # what passes the muscle ends in the first cell below
    return np.concatenate([*absorbed, below], axis=1), reflected


def surface_loss(persons: Persons, body: BodyTables, site: Site) -> Array:
    """Return convection plus radiation of the bare skin in W/m2/K, (persons,)."""
    rule = body.sites[site.region]
    return (rule.convection_w_m2_k + rule.radiation_w_m2_k) * persons.surface_factor


def expose(
    persons: Persons,
    body: BodyTables,
    site: Site,
    device: Device,
    placement: Placement,
    tissue: heat.Tissue,
    dose: LightDose | None,
) -> Exposure:
    """Return the exposure of the persons; ``dose`` is None for a device without light.

    Raises InputError for a distance outside the device's range, or a contact device placed at a distance.
    """
    if device.contact and placement.distance_m > 0.0:
        raise InputError("Distance", f"Distance must be 0 cm for {device.name}: it is used on the skin.")
    loss = surface_loss(persons, body, site)
    room = np.full(len(persons), placement.room_c)
    off = heat.Surface(loss, room, np.full(len(persons), -INSENSIBLE_W_M2))
    if device.contact or placement.clothed:
        worn = loss * CLOTH_W_M2_K / (loss + CLOTH_W_M2_K)
        off = heat.Surface(worn, room, np.full(len(persons), -INSENSIBLE_W_M2))
    mean = geometry.irradiance_w_m2(device, placement.distance_m)
    irradiance = mean * np.exp(geometry.output_spread(device, placement.distance_m) * persons.output_normal)
    nothing = np.zeros_like(tissue.dz_m)
    if dose is None:
        on = _warm_surface(persons, device, placement)
        return Exposure(
            tissue, nothing, on, off, np.zeros(len(persons)), np.zeros(len(persons)), np.zeros(len(persons))
        )
    if placement.clothed:
        # The cloth takes the light: a surface between skin and room (or the back of a pad) that gains E.
        away = np.full(len(persons), PAD_BACK_W_M2_K) if device.contact else loss
        to_skin = away * CLOTH_W_M2_K / (away + CLOTH_W_M2_K)
        on = heat.Surface(to_skin, room + irradiance / away, np.where(device.contact, 0.0, off.flux_w_m2))
        return Exposure(tissue, nothing, on, off, irradiance, np.zeros(len(persons)), np.zeros(len(persons)))
    source = dose.absorbed * irradiance[:, None]
    on = off
    if device.contact:
        on = heat.Surface(np.full(len(persons), PAD_BACK_W_M2_K), room, np.zeros(len(persons)))
    return Exposure(tissue, source, on, off, irradiance, source.sum(axis=-1), dose.reflected)


def has_light(device: Device) -> bool:
    """Return whether the device gives light on the skin rather than a warm surface."""
    return device.emitter.kind in (SpectrumKind.LED, SpectrumKind.BLACKBODY_FILTERED) or not device.contact


def _warm_surface(persons: Persons, device: Device, placement: Placement) -> heat.Surface:
    warm = device.emitter.surface_temp_c
    if warm is None:
        raise InputError(
            "Surface temperature", f"The surface temperature of {device.name} is not known; please give it."
        )
    conductance = UPHOLSTERY_W_M2_K if device.kind is DeviceKind.CHAIR else CONTACT_W_M2_K
    if placement.clothed and device.kind is not DeviceKind.CHAIR:
        conductance = conductance * CLOTH_W_M2_K / (conductance + CLOTH_W_M2_K)
    spread = WARM_SURFACE_SD_K.get(device.irradiance_basis, 1.0)
    return heat.Surface(
        conductance * np.exp(CONTACT_SPREAD_LN * persons.contact_normal),
        warm + spread * persons.output_normal,
        np.zeros(len(persons)),
    )
