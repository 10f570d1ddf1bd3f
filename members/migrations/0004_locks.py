from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0003_register_permissions'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='periodlock',
            options={'ordering': ['unit', '-ends_on'], 'permissions': [('lock_period', 'Khóa số liệu của kỳ'), ('open_period', 'Mở khóa số liệu')], 'verbose_name': 'khóa số liệu', 'verbose_name_plural': 'khóa số liệu'},
        ),
        migrations.AddConstraint(
            model_name='periodlock',
            constraint=models.CheckConstraint(condition=Q(('opened_until', None), Q(('opened_by__isnull', False), ~Q(reason='')), _connector='OR'), name='period_lock_opened_with_a_reason', violation_error_message='Mở khóa phải có người mở và lý do.'),
        ),
        migrations.AddConstraint(
            model_name='periodlock',
            constraint=models.CheckConstraint(condition=Q(('asked_by', None), ('opened_by', None), ~Q(opened_by=F('asked_by')), _connector='OR'), name='period_lock_opened_by_another', violation_error_message='Người xin mở khóa không tự mở được.'),
        ),
    ]
