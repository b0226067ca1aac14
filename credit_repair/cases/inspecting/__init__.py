"""What can be seen in a file that came in: pages, text, codes, ink. Pure readers, without Django.

Files from outside meet native code here, so all of it runs in a process of its own that lives for one file,
knows no secret, and is ended when it takes too much (`process` starts it, `__main__` is what it runs).

process      start the reader, wait, take its answer
reading      from a file to facts
pdf, picture, ofd   the kinds of files, each a few pages
pages        whether a page is blank, and whether anybody can read it
text         names, document numbers, credit codes
codes        QR codes of commitment letters 信用修复承诺书
drawing      a page as a picture, for who looks at the file
ink          whether somebody signed or stamped a letter
"""
