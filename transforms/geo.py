"""Distances on the globe."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_DIAMETER_KM = 12_742.0  # mean; the sphere is right to 0.5 %, far below what a place name can say
KM_PER_DEGREE = 111.2  # of latitude


def distance_km(a_latitude: float, a_longitude: float, b_latitude: float, b_longitude: float) -> float:
    """Return the great-circle distance in km between two points given in degrees."""
    a_lat, b_lat = radians(a_latitude), radians(b_latitude)
    half_lat, half_lon = (b_lat - a_lat) / 2, radians(b_longitude - a_longitude) / 2
    h = sin(half_lat) ** 2 + cos(a_lat) * cos(b_lat) * sin(half_lon) ** 2
    return EARTH_DIAMETER_KM * asin(min(1.0, sqrt(h)))


def move_km(latitude: float, longitude: float, km: float, bearing: float) -> tuple[float, float]:
    """Return the point so many kilometres from another in a direction (degrees, 0 north, 90 east), rounded to about a kilometre."""
    north, east = km * cos(radians(bearing)), km * sin(radians(bearing))
    moved = max(-90.0, min(90.0, latitude + north / KM_PER_DEGREE))
    shift = east / (KM_PER_DEGREE * max(cos(radians(latitude)), 0.01))
    return round(moved, 2), round((longitude + shift + 180.0) % 360.0 - 180.0, 2)
