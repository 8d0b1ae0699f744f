using Microsoft.ML;

namespace Bert.MLNet.Tests.DataViews;

/// <summary>Whatever reaches a disposed transformer, the error names it.</summary>
public sealed class DisposedTransformerTests
{
    public static TheoryData<Type> Disposable => [.. EveryTransformer.Types.Where(type => type.IsAssignableTo(typeof(IDisposable)))];

    private readonly MLContext _ml = new();

    [Theory, MemberData(nameof(Disposable))]
    public void A_use_after_dispose_names_the_transformer(Type type)
    {
        (ITransformer transformer, IDataView data) = EveryTransformer.Create(_ml, type);
        IDataView view = transformer.Transform(data);
        string last = view.Schema[^1].Name;
        Func<DataViewRow> engine = EngineRow(transformer, data);
        ((IDisposable)transformer).Dispose();
        ((IDisposable)transformer).Dispose();

        AssertNamed(() => transformer.Transform(data));
        AssertNamed(() => transformer.GetRowToRowMapper(data.Schema));
        AssertNamed(() => Read(view, last));
        AssertNamed(() => engine());
        Assert.Single(data.Preview().RowView);

        void AssertNamed(Action use)
        {
            var error = Assert.Throws<ObjectDisposedException>(use);
            Assert.Equal(type.FullName, error.ObjectName);
            Assert.StartsWith($"This {type.Name} was disposed", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void So_does_a_use_of_a_chain_or_an_engine_that_was_disposed_with_its_steps()
    {
        (ITransformer embedding, IDataView data) = EveryTransformer.Create(_ml, typeof(BertEmbeddingTransformer));
        var chain = new Microsoft.ML.Data.TransformerChain<ITransformer>(embedding);
        using (_ml.Model.CreatePredictionEngine<EveryTransformer.Row, Vector>(chain))
        {
        }
        Assert.Equal(typeof(BertEmbeddingTransformer).FullName,
            Assert.Throws<ObjectDisposedException>(() => chain.Transform(data)).ObjectName);
        Assert.Throws<ObjectDisposedException>(() => _ml.Model.CreatePredictionEngine<EveryTransformer.Row, Vector>(chain));
        Assert.Throws<ObjectDisposedException>(
            () => ((BertEmbeddingTransformer)embedding).Embed(["good"], TestContext.Current.CancellationToken));
    }

    private static void Read(IDataView view, string column)
    {
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema[column]]);
        while (cursor.MoveNext())
            Touch(cursor, view.Schema[column]);
    }

    /// <summary>What a prediction engine does with a row, by the mapper that it was made with.</summary>
    private static Func<DataViewRow> EngineRow(ITransformer transformer, IDataView data)
    {
        var mapper = transformer.GetRowToRowMapper(data.Schema);
        return () =>
        {
            using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
            cursor.MoveNext();
            DataViewSchema.Column column = mapper.OutputSchema[^1];
            DataViewRow row = mapper.GetRow(cursor, [column]);
            Touch(row, column);
            return row;
        };
    }

    private static void Touch(DataViewRow row, DataViewSchema.Column column)
    {
        try
        {
            typeof(DisposedTransformerTests)
                .GetMethod(nameof(Get),
                System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.MakeGenericMethod(column.Type.RawType)
                .Invoke(null, [row, column]);
        }
        catch (System.Reflection.TargetInvocationException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException!);
        }
    }

    private static void Get<T>(DataViewRow row, DataViewSchema.Column column)
    {
        T value = default!;
        row.GetGetter<T>(column)(ref value);
    }

    private sealed class Vector
    {
        public float[] Features { get; set; } = [];
    }
}
