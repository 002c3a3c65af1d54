"""The community's tables as models that manage none of them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.urls import reverse


class Member(AbstractBaseUser):
    name = models.CharField(max_length=40, unique=True)
    post_count = models.PositiveIntegerField(default=0)
    joined_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64, blank=True)
    theme = models.CharField(max_length=10)

    objects = BaseUserManager()
    USERNAME_FIELD = "name"

    class Meta:
        managed = False
        db_table = "accounts_member"

    def get_absolute_url(self):
        return reverse("member", args=[self.name])


class Category(models.Model):
    name = models.CharField(max_length=80)
    slug = models.SlugField()
    place = models.PositiveSmallIntegerField()
    mark = models.CharField(max_length=10)

    class Meta:
        managed = False
        db_table = "forums_category"
        ordering: ClassVar = ["place", "id"]

    def get_absolute_url(self):
        return reverse("category", args=[self.slug])


class Forum(models.Model):
    category = models.ForeignKey(Category, models.PROTECT, related_name="forums")
    name = models.CharField(max_length=80)
    slug = models.SlugField()
    description = models.CharField(max_length=200)
    is_main = models.BooleanField()
    place = models.PositiveSmallIntegerField()
    who_reads = models.CharField(max_length=10)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "forums_forum"
        ordering: ClassVar = ["place", "id"]

    def get_absolute_url(self):
        return reverse("forum", args=[self.slug])


class Thread(models.Model):
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="threads")
    author = models.ForeignKey(Member, models.PROTECT, related_name="threads")
    subject = models.CharField(max_length=255)
    slug = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    post_count = models.PositiveIntegerField()
    last_post_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "forums_thread"

    def get_absolute_url(self):
        return reverse("thread", args=[self.pk, self.slug])


class Lock(models.Model):
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="locks")
    by = models.ForeignKey(Member, models.PROTECT, null=True)
    because = models.CharField(max_length=500)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "forums_lock"


class Post(models.Model):
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="posts")
    author = models.ForeignKey(Member, models.PROTECT, related_name="posts")
    number = models.PositiveIntegerField()
    place = models.PositiveIntegerField()
    answers_number = models.PositiveIntegerField(null=True)
    path = models.CharField(max_length=240)
    depth = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=255)
    opening = models.CharField(max_length=100)
    standing = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    rec_count = models.PositiveIntegerField()

    class Meta:
        managed = False
        db_table = "forums_post"

    def get_absolute_url(self):
        return f"{self.thread.get_absolute_url()}#p{self.number}"


class PostBody(models.Model):
    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="body")
    html = models.TextField()

    class Meta:
        managed = False
        db_table = "forums_postbody"


class Recommendation(models.Model):
    post = models.ForeignKey(Post, models.CASCADE, related_name="recommendations")
    member = models.ForeignKey(Member, models.CASCADE)

    class Meta:
        managed = False
        db_table = "forums_recommendation"


class ForumMark(models.Model):
    member = models.ForeignKey(Member, models.CASCADE)
    forum = models.ForeignKey(Forum, models.CASCADE)
    marked_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "reading_forummark"


class ThreadMark(models.Model):
    member = models.ForeignKey(Member, models.CASCADE)
    thread = models.ForeignKey(Thread, models.CASCADE)
    number = models.PositiveIntegerField()

    class Meta:
        managed = False
        db_table = "reading_threadmark"
