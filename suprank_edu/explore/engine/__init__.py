"""Any figure of parameters, shown live with a kernel and without one in a built page."""
