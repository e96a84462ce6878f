"""Fetch: knows sites and HTTP; the only room that imports Scrapy; writes WARC as it goes."""
