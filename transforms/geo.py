"""Distances on the globe."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_DIAMETER_KM = 12_742.0  # mean; the sphere is right to 0.5 %, far below what a place name can say


def distance_km(a_latitude: float, a_longitude: float, b_latitude: float, b_longitude: float) -> float:
    """Return the great-circle distance in km between two points given in degrees."""
    a_lat, b_lat = radians(a_latitude), radians(b_latitude)
    half_lat, half_lon = (b_lat - a_lat) / 2, radians(b_longitude - a_longitude) / 2
    h = sin(half_lat) ** 2 + cos(a_lat) * cos(b_lat) * sin(half_lon) ** 2
    return EARTH_DIAMETER_KM * asin(min(1.0, sqrt(h)))
