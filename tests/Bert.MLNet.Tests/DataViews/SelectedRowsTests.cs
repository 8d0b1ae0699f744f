using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.DataViews;

public sealed class SelectedRowsTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly IDataView _rows;

    public SelectedRowsTests() => _rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(i => new Row { Number = i }));

    [Fact]
    public void Rows_are_selected_by_their_position_and_counted_anew()
    {
        var some = new SelectedRows(_rows, row => row % 3 == 1);
        Assert.Equal([1f, 4, 7], some.GetColumn<float>("Number"));
        using DataViewRowCursor cursor = some.GetRowCursor(some.Schema);
        var positions = new List<long>();
        while (cursor.MoveNext())
            positions.Add(cursor.Position);
        Assert.Equal([0L, 1, 2], positions);
    }

    [Fact]
    public void Cached_rows_that_ML_NET_shuffles_are_those_that_were_selected() =>
        Assert.Equal([1f, 4, 7], _ml.Data.ShuffleRows(_ml.Data.Cache(new SelectedRows(_rows, row => row % 3 == 1)))
            .GetColumn<float>("Number").Order());

    [Fact]
    public void Reading_ends_when_it_is_stopped()
    {
        int asked = 0;
        Assert.Equal([0f, 1], new SelectedRows(_rows, _ => true, () => ++asked > 2).GetColumn<float>("Number"));
    }

    private sealed class Row
    {
        public float Number { get; set; }
    }
}
