from suprank_edu import data as data
from suprank_edu import decomposability as decomposability
from suprank_edu import exercises as exercises
from suprank_edu import explore as explore
from suprank_edu import losses as losses
from suprank_edu import metrics as metrics
from suprank_edu import naive as naive
from suprank_edu import ranking as ranking
from suprank_edu import relevance as relevance
from suprank_edu import retrieval as retrieval
from suprank_edu import search as search
from suprank_edu import steps as steps
from suprank_edu import training as training
from suprank_edu import whole_set as whole_set

__version__: str
