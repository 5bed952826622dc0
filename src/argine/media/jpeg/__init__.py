"""A baseline JPEG's low DCT coefficients, read without making its pixels. See `coefficients`."""
