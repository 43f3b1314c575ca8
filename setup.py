"""Maps the top-level rooms to the installed names jinka.kernel, jinka.native, jinka.simulator, jinka.conformance.

There is no jinka/__init__.py: jinka is a namespace, and a vendor's site-packages never sees a package called "kernel".
Packages and data files are computed, so that a new folder needs no edit here.
"""

from pathlib import Path

from setuptools import find_namespace_packages, setup

ROOMS = ("kernel", "native", "simulator", "conformance")
DATA = ("*.toml", "*.html", "*.css", "*.js", "*.h", "*.c", "*.json", "py.typed")

packages, package_data = [], {}
for room in ROOMS:
    for name in [room, *(f"{room}.{sub}" for sub in find_namespace_packages(room, exclude=["*__pycache__*"]))]:
        packages.append(f"jinka.{name}")
        package_data[f"jinka.{name}"] = list(DATA)

setup(
    packages=packages,
    package_dir={f"jinka.{room}": room for room in ROOMS},
    package_data=package_data,
    cffi_modules=["native/build.py:ffi"] if Path("native/build.py").exists() else [],
    entry_points={"console_scripts": ["jinka = jinka.kernel.cli:main"]},
)
