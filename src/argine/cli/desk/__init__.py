"""Commands over a data folder: loaded only after the desk was booted."""
