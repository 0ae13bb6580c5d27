"""Work of models in the background: choosing, explaining, testing, comparing and teaching them."""
