"""What `check --deploy` asks for."""

from __future__ import annotations

from typing import Any

YEAR_SECONDS = 31_536_000


def security(*, hsts_seconds: int = YEAR_SECONDS, hsts_subdomains: bool = True, hsts_preload: bool = True, behind_proxy: bool = False) -> dict[str, Any]:
    """
    `behind_proxy`: a proxy ends TLS, sets X-Forwarded-Proto and removes it from what clients send. Without it the redirect
    would go round in circles; set it only where that proxy is the only way in.
    """
    return {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": hsts_seconds,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": hsts_subdomains,
        "SECURE_HSTS_PRELOAD": hsts_preload,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "strict-origin-when-cross-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SECURE": True,
        "X_FRAME_OPTIONS": "DENY",
        **({"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")} if behind_proxy else {}),
    }
