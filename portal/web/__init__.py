"""Views, forms, rendering and access control: they converse with people and decide nothing."""
