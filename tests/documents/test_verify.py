"""`manage.py verify_documents` reads every kept file again."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from documents import attachments, files, rendering
from documents.models import Document
from tests.documents import papers, samples
from tests.documents.test_attachments import PDF

pytestmark = pytest.mark.django_db


def verify() -> str:
    said = io.StringIO()
    call_command("verify_documents", stdout=said)
    return said.getvalue()


def faults() -> str:
    said = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("verify_documents", stdout=said)
    assert refused.value.returncode == 1
    return said.getvalue()


def with_form() -> Document:
    document = papers.rendered(papers.NOTE_WITH_FORM, samples.DELIVERY_NOTE)
    rendering.ensure_rendered(document.pk, "continuous")
    return Document.objects.get(pk=document.pk)


def test_untouched_files_are_found_whole() -> None:
    with_form()
    attachments.store(SimpleUploadedFile("a.pdf", PDF), None, "test_subject", 1)
    assert "核对 3 个文件，0 个有问题" in verify()


@pytest.mark.parametrize("shape", ["rendering", "continuous"])
def test_a_missing_file_is_named_and_the_command_fails(shape: str) -> None:
    document = with_form()
    files.remove("renderings", getattr(document, shape).sha256)
    assert f"缺失\t{document}" in faults()


def test_one_changed_byte_is_named_and_the_command_fails() -> None:
    document = papers.rendered()
    path = files.path_of("renderings", document.rendering.sha256)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert f"被改动\t{document}" in faults()


def test_a_changed_attachment_is_named() -> None:
    attached = attachments.store(SimpleUploadedFile("合同.pdf", PDF), None, "test_subject", 1)
    files.path_of("attachments", attached.stored).write_bytes(b"other")
    assert "被改动\t附件 合同.pdf" in faults()
