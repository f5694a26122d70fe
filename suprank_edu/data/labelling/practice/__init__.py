"""A wiki to practise on: invented parents of imaginary landmarks, and a server here that answers with them."""

from suprank_edu.data.labelling.practice.local_wiki import Fault, LocalWiki
from suprank_edu.data.labelling.practice.pages import Pages, read_pages

__all__ = ["Fault", "LocalWiki", "Pages", "read_pages"]
