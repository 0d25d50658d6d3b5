from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='OrderRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=40)),
                ('phone', fields.CharField(max_length=11)),
                ('buyer', fields.CharField(default='', max_length=200)),
                ('customer_id', fields.CharField(default='', db_index=True, max_length=100)),
                ('status', fields.CharField(max_length=20)),
                ('items', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('paid_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'orders_order', 'app': 'orders', 'pk_attr': 'id', 'table_description': 'A row for each order, see :class:`plugins.orders.order.Order`.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ParcelRow',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('order', fields.ForeignKeyField('orders.OrderRow', source_field='order_id', db_constraint=True, to_field='id', related_name='parcels', on_delete=OnDelete.CASCADE)),
                ('waybill', fields.CharField(db_index=True, max_length=32)),
                ('courier', fields.CharField(max_length=40)),
            ],
            options={'table': 'orders_parcel', 'app': 'orders', 'pk_attr': 'id', 'table_description': 'A parcel of an order.'},
            bases=['Model'],
        ),
    ]
